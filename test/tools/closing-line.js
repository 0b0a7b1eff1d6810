// SPDX-License-Identifier: Apache-2.0
// closing-line.js REPORT...: reads vitest's JSON reports and prints the closing line that scripts look for.
import { readFileSync } from 'node:fs';

const paths = process.argv.length > 2 ? process.argv.slice(2) : ['build/tests.json'];
let passed = 0;
let failed = 0;
let skipped = 0;
for (const path of paths) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  // A file that fails to load holds no tests of its own and must still count as a failure.
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  for (const { name, message } of broken) process.stdout.write(`could not run ${name}: ${message}\n`);
  passed += report.numPassedTests;
  failed += report.numFailedTests + broken.length;
  skipped += report.numPendingTests + report.numTodoTests;
}
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
