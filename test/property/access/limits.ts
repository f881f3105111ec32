/** The bound that the reading of a path stops at, and what the last step before it may add. */
export const MOST_READINGS = 32 + 7
