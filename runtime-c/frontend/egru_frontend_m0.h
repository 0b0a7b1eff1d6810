/* SPDX-License-Identifier: Apache-2.0
 *
 * What the assembly files of the feature extractor and of the microphones share. For Armv6-M only; included by the
 * assembler.
 */
#ifndef EGRU_FRONTEND_M0_H
#define EGRU_FRONTEND_M0_H
#ifdef __ASSEMBLER__
/* clang-format off */

    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .macro FUNCTION name
    .section .text.\name, "ax", %progbits
    .balign 4
    .global \name
    .type \name, %function
    .thumb_func
\name:
    .endm

/* Behind a function, in its section: one for these files only, which changes all registers. */
    .macro INNER name
    .type \name, %function
    .thumb_func
\name:
    .endm

/* Nine words of stack. */
    .macro ENTER
    push {r4-r7, lr}
    mov r4, r8
    mov r5, r9
    mov r6, r10
    mov r7, r11
    push {r4-r7}
    .endm

    .macro LEAVE
    pop {r4-r7}
    mov r8, r4
    mov r9, r5
    mov r10, r6
    mov r11, r7
    pop {r4-r7, pc}
    .endm

/* clang-format on */
#endif
#endif
