/** Long enough to look and to change something, short enough for a page left open on somebody else's computer. */
export const SESSION_MINUTES = 15;
