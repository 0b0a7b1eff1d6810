#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the files here from the model's synthetic samples: sox, ffmpeg, flac, lame, opusenc, oggenc and oggdec are needed.
set -e
cd "$(dirname "$0")"
samples=../../../models/spoken-digits/samples
sox -R $samples/7_engb_0.wav -b 16 mono-16.sox.wav trim 0 0.4
sox -R $samples/5_engb_0.wav -b 8 -e unsigned mono-8.sox.wav trim 0.1 0.3
sox -R $samples/4_engbscotland_0.wav -r 11025 -b 24 -c 2 stereo-24.sox.wav trim 0.1 0.15 remix 1 1v0.7
for name in mono-16:s16le mono-8:u8 stereo-24:s24le; do
  ffmpeg -v error -y -i ${name%:*}.sox.wav -bitexact -c:a pcm_${name#*:} ${name%:*}.wav
  flac -s -f -8 -b 1152 --no-padding --no-seektable ${name%:*}.wav
  rm ${name%:*}.sox.wav
done
# Lossy formats, each with what another decoder makes of it.
sox -R $samples/7_engb_0.wav -r 16000 short.sox.wav trim 0.05 0.2
lame --quiet -b 32 short.sox.wav speech.mp3
opusenc --quiet --bitrate 16 short.sox.wav speech.opus
oggenc -Q -q 3 --serial 1 short.sox.wav -o speech.ogg
ffmpeg -v error -y -i speech.mp3 -bitexact -c:a flac speech.mp3.flac
# ffmpeg leaves out the last samples of a Vorbis stream of one page; libvorbis does not.
oggdec -Q speech.ogg -o speech.ogg.wav && flac -s -f speech.ogg.wav -o speech.ogg.flac && rm speech.ogg.wav
ffmpeg -v error -y -c:a libopus -i speech.opus -bitexact -c:a flac -sample_fmt s16 speech.opus.flac
rm short.sox.wav
