// CKernels.h
// The hot loops: the network's kernels for each instruction set.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "ck_network.h"

#endif
