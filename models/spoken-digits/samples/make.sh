#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Speaks the samples of this folder anew: espeak-ng says the digit, sox brings it to 8 kHz, 16 bit, mono, -3 dB, without the
# silence at its ends. Names are {digit}_{voice}_{index}.wav. The last two are heard wrongly by the model, and kept for that.
set -euo pipefail
cd "$(dirname "$0")"
words=(zero one two three four five six seven eight nine)
raw=$(mktemp --suffix .wav)
trap 'rm -f "$raw"' EXIT
for sample in 0:en-us+m7 1:en-us 2:en-us+f2 3:en-us+f4 4:en-gb-scotland 5:en-us+f4 6:en-us+f2 7:en-gb 8:en-us+f4 \
              9:en-us+f2 2:en-gb-scotland 5:en-gb; do
    digit=${sample%%:*}
    voice=${sample#*:}
    espeak-ng -v "$voice" -s 150 -w "$raw" "${words[$digit]}"
    sox -R "$raw" -r 8000 -c 1 -b 16 "${digit}_${voice//[+-]/}_0.wav" gain -n -3 \
        silence 1 0.01 0.5% reverse silence 1 0.01 0.5% reverse dither -s
done
