/* What the loader asks before it trusts this library: which sources it was built from. */
#include "kernel.h"

#ifndef HAVENLINE_KERNEL_SOURCES
#error "built by hatch_build.py, which says of which sources this is"
#endif

SEEN const char *kernel_sources(void) { return HAVENLINE_KERNEL_SOURCES; }
