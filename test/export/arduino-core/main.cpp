/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs a sketch on this computer: its microphones read samples of 16 bits at 16 kHz from standard input, as long as there are
 * any, and what it prints to its serial port goes to standard output.
 */
#include "Arduino.h"
#include "I2S.h"
#include "PDM.h"

#include <stdio.h>

SerialPort Serial;
I2SClass I2S;
PDMClass PDM;

static void (*announce)(void);
static bool over;

/* The next sample; 0 and `over` at the end. */
static int16_t next_sample() {
    unsigned char bytes[2];
    if (fread(bytes, 1, 2, stdin) < 2) {
        over = true;
        return 0;
    }
    return (int16_t)(bytes[0] | (bytes[1] << 8));
}

void SerialPort::begin(unsigned long) {}
void SerialPort::print(const char *text) { printf("%s", text); }
void SerialPort::print(char character) { putchar(character); }
void SerialPort::print(unsigned number) { printf("%u", number); }
void SerialPort::print(long number) { printf("%ld", number); }
void SerialPort::print(unsigned long number) { printf("%lu", number); }
void SerialPort::println(const char *text) { printf("%s\n", text); }
void SerialPort::println(unsigned number) { printf("%u\n", number); }

void delay(unsigned long) { over = true; }

int I2SClass::begin(int mode, long rate, int bits) { return mode == I2S_PHILIPS_MODE && rate == 16000 && bits == 32; }
int I2SClass::available() { return over ? 0 : 8; }
int I2SClass::read(void *buffer, size_t) {
    int32_t *slots = static_cast<int32_t *>(buffer);
    slots[0] = next_sample() * 65536;
    slots[1] = 0x12345678; /* nobody drives the other slot */
    return 8;
}

int PDMClass::begin(int channels, int rate) { return channels == 1 && rate == 16000; }
int PDMClass::available() { return 200; }
int PDMClass::read(void *buffer, size_t size) {
    int16_t *samples = static_cast<int16_t *>(buffer);
    size_t n = 0;
    while (n < size / 2) {
        const int16_t sample = next_sample();
        if (over) {
            break;
        }
        samples[n++] = sample;
    }
    return (int)(2 * n);
}
void PDMClass::onReceive(void (*callback)(void)) { announce = callback; }

int main() {
    setup();
    while (!over) {
        if (announce != nullptr) {
            announce();
        }
        loop();
    }
    return 0;
}
