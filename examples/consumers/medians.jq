.fidelity as $fidelity | .cells[] | [.benchmark, .sizeBytes // "-", .environment, .median // .status, .unit, "n=\(.launches)", $fidelity] | @tsv
