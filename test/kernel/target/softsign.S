/* SPDX-License-Identifier: Apache-2.0 */
/* Calls egru_i_softsign for every word from r4 to r5 and puts the result in its place; cycles[i] are counted by hooks at
 * `before` and `after`. */
    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .section .vectors, "a", %progbits
    .word __stack_top
    .word entry

    .section .text.entry, "ax", %progbits
    .global entry
    .type entry, %function
entry:
    ldr r0, [r4]
    .global before
    .type before, %object
before:
    bl egru_i_softsign
    .global after
    .type after, %object
after:
    stm r4!, {r0}
    cmp r4, r5
    bne entry
    .global done
    .type done, %function
done:
    b done
    .size entry, . - entry
