export const resources = 0;
