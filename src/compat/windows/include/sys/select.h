/* select.h: see signals.h. */
