#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The table of models/training/digits.json: spoken-digits by six speakers (0 to 4 of each digit test, 5 to 9 validate)
# and field/digits by 300 more (by field-split.txt), in a folder with links to both.
# Usage: models/training/digits.sh DATA OUT [SPEAKER]. With one of the six, all of that speaker's recordings test and
# those of the other five train or validate.
set -euo pipefail
data=$(cd "${1:?folder with spoken-digits and field}" && pwd)
out=${2:?folder to write}
mkdir -p "$out"
ln -sfn "$data/spoken-digits" "$out/spoken-digits"
ln -sfn "$data/field" "$out/field"
{
  echo file,label,speaker,split
  (cd "$data" && printf '%s\n' spoken-digits/*.wav) | awk -F'[/_.]' -v alone="${3:-}" '
    BEGIN { split("zero one two three four five six seven eight nine", names, " ") }
    {
      test = alone == "" ? $4 < 5 : $3 == alone
      print $0 "," names[$2 + 1] "," $3 "," (test ? "test" : $4 >= 5 && $4 < 10 ? "validation" : "train")
    }'
  awk -F'\t' '
    FNR == NR { if (!/^#/) { set = $0; sub(/.*[ \t]/, "", set); sub(/[ \t]+[a-z]+$/, ""); sets[$0] = set } next }
    $1 == "digits" { print "field/" $4 "," $7 "," $3 "," ($3 in sets ? sets[$3] : "train") }
  ' "$(dirname "$0")/field-split.txt" "$data/field/manifest.tsv"
} > "$out/digits.csv"
