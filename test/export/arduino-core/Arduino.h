/* SPDX-License-Identifier: Apache-2.0
 *
 * As much of Arduino's core as sketches of exported libraries use, for this computer and for the chip.
 */
#ifndef ARDUINO_H
#define ARDUINO_H

#include <stddef.h>
#include <stdint.h>

class SerialPort {
  public:
    void begin(unsigned long baud);
    void print(const char *text);
    void print(char character);
    void print(unsigned number);
    void print(long number);
    void print(unsigned long number);
    void println(const char *text);
    void println(unsigned number);
};

extern SerialPort Serial;

void delay(unsigned long milliseconds);
void setup();
void loop();

#endif
