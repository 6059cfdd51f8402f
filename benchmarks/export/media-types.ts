/** The media types of what is exported. JSON Lines has none that is registered; this is the one that its own site names. */
export const mediaTypes = {
  csv: "text/csv",
  json: "application/json",
  jsonl: "application/jsonl",
  text: "text/plain",
} as const;
