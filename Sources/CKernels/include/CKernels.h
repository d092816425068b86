// CKernels.h
// The hot loops: the network's kernels for each instruction set, and CRC-32C.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "ck_crc32c.h"
#include "ck_descent.h"
#include "ck_network.h"

#endif
