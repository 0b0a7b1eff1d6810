/* SPDX-License-Identifier: Apache-2.0
 *
 * The receiving half of I2S.h in Arduino's core for the SAMD21: left and right slots in turn.
 */
#ifndef I2S_H
#define I2S_H

#include "Arduino.h"

enum i2s_mode_t { I2S_PHILIPS_MODE, I2S_RIGHT_JUSTIFIED_MODE, I2S_LEFT_JUSTIFIED_MODE };

class I2SClass {
  public:
    int begin(int mode, long sampleRate, int bitsPerSample);
    int available();
    int read(void *buffer, size_t size);
};

extern I2SClass I2S;

#endif
