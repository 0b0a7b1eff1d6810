/* SPDX-License-Identifier: Apache-2.0
 *
 * Values that the host feeds: clips that are classified, or a stream that is listened to, and what every step
 * reports.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdint.h>

#include "egru_stream.h"

/* What a step reports. */
typedef enum {
    OUTPUT_NONE,   /* nothing */
    OUTPUT_HASH,   /* nothing, but its record counts in the checksum */
    OUTPUT_LAYERS, /* a line of checksums: features, every layer, logits, detection */
    OUTPUT_LOGITS, /* a record of its logits */
    OUTPUT_TRACE,  /* a record of features, all layers and logits */
    OUTPUT_CYCLES, /* of a clip: a line of what it took */
} output_mode;

typedef struct {
    egru_stream stream;
    int streaming;     /* values go through voice activity and detection, and not to the scores */
    unsigned filled;   /* values of the window that have arrived; of a clip */
    uint32_t steps;    /* since the last reset */
    uint32_t crc;      /* over the records of these steps */
    uint32_t trace_at; /* the step whose record is sent, whatever the mode; 0: none */
    output_mode output;
} session_state;

extern session_state session;

/* Needs a model (arena.h). */
void session_open(void);
void session_reset(void);
/* Values of a clip or a stream, whichever it is; sends records and events. */
void session_feed(const int16_t *values, unsigned n);
/* "event LABEL SAMPLE SCORE" */
void session_put_event(const egru_event *event);

#endif
