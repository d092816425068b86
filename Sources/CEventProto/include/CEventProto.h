// CEventProto.h
// The messages of an event file, generated from proto/ by tools/protos.

#ifndef C_EVENT_PROTO_H
#define C_EVENT_PROTO_H

#include "event.pb-c.h"
#include "graph.pb-c.h"
#include "hparams.pb-c.h"
#include "plugins.pb-c.h"
#include "run_metadata.pb-c.h"
#include "summary.pb-c.h"
#include "tensor.pb-c.h"

#endif
