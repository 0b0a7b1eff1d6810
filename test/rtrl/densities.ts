// SPDX-License-Identifier: Apache-2.0
/** Shares of values that are not zero in what a step left: counted in the values, not taken from what was skipped. */
import type { Rtrl } from '../../compiler/training/rtrl/rtrl.ts';
import type { Coefficients } from '../../compiler/training/rtrl/units.ts';

/** Mh and My of units x columns, J of units x units, o of units. Outputs that are held are not counted right. */
export function densitiesOf(rtrl: Rtrl): { Mh: number; My: number; J: number; o: number } {
  const { net, layout, units, jacobian } = rtrl;
  const density = ({ c, threshold }: Coefficients) => {
    let nonZero = 0;
    for (let k = 0; k < net.units; k++) {
      const own = (layout.first[k + 1] ?? 0) - 1;
      rtrl.influence(k).forEach((value, j) => {
        if (value * (c[k] ?? 0) + (j === own ? (threshold[k] ?? 0) : 0) !== 0) nonZero++;
      });
    }
    return nonZero / (net.units * layout.columns);
  };
  return {
    Mh: density(units.state),
    My: density(units.sent),
    J: jacobian.filter((entry) => entry !== 0).length / net.units ** 2,
    o: units.o.reduce((sum, o) => sum + o, 0) / net.units,
  };
}
