#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# English words in synthetic voices (espeak-ng), a WAV file each: speech that is no keyword, for models/training/wake-words.json.
# Usage: models/training/speech.sh FOLDER [ROUNDS]. The same words, voices and files every time.
set -euo pipefail
out=${1:?folder to write}
rounds=${2:-2}
words=($(cat "$(dirname "$0")/words.txt"))
voices=(en-us en-gb en-gb-scotland en-029)
variants=('' +m1 +m2 +m3 +m4 +m5 +m6 +m7 +f1 +f2 +f3 +f4 +f5)
mkdir -p "$out"
n=0
for ((round = 0; round < rounds; round++)); do
  for word in "${words[@]}"; do
    voice=${voices[$((n * 7 % ${#voices[@]}))]}${variants[$((n * 5 % ${#variants[@]}))]}
    file=$(printf '%s/%05d_%s.wav' "$out" "$n" "$word")
    espeak-ng -v "$voice" -s $((120 + n * 37 % 100)) -p $((20 + n * 29 % 60)) -w "$file" "$word"
    n=$((n + 1))
  done
done
