// SPDX-License-Identifier: Apache-2.0
// Reads vitest's JSON report and prints the closing line that scripts look for.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2] ?? 'build/tests.json', 'utf8'));
// A file that fails to load holds no tests of its own and must still count as a failure.
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
);
const failed = report.numFailedTests + brokenFiles.length;
const skipped = report.numPendingTests + report.numTodoTests;
for (const { name, message } of brokenFiles) process.stdout.write(`could not run ${name}: ${message}\n`);
process.stdout.write(
  `${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
);
