/** What the files of the three families share. */
#pragma once
#include <mpi.h>

#include "mpi_tests.h"
#include "pattern.h"
#include "process.h"
#include "timing.h"

/** Each measures all sizes of a command and prints the rows on rank 0. */
void measure_point_to_point(const struct process *process, const struct mpi_command *command);
void measure_one_sided(const struct process *process, const struct mpi_command *command);
void measure_collective(const struct process *process, const struct mpi_command *command);
