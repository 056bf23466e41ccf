/* What every file of the kernel shares. */
#ifndef HAVENLINE_KERNEL_H
#define HAVENLINE_KERNEL_H

/* Before a function that Python calls; everything else stays inside the library. */
#define SEEN __attribute__((visibility("default")))

#endif
