/* SPDX-License-Identifier: Apache-2.0
 *
 * PDM.h as Arduino's cores with PDM microphones have it: 16-bit PCM, announced by a callback.
 */
#ifndef PDM_H
#define PDM_H

#include "Arduino.h"

class PDMClass {
  public:
    int begin(int channels, int sampleRate);
    int available();
    int read(void *buffer, size_t size);
    void onReceive(void (*callback)(void));
};

extern PDMClass PDM;

#endif
