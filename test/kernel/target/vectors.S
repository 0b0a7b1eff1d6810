/* SPDX-License-Identifier: Apache-2.0 */
/* A chip that runs one step after the other: the test sets r1 .. r3 and puts the program counter on `entry`. The
 * interrupt handler changes everything that a handler may change. */
    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .section .vectors, "a", %progbits
    .word __stack_top
    .word entry
    .rept 46
    .word interrupt
    .endr

    .section .text.entry, "ax", %progbits
    .global entry
    .type entry, %function
entry:
    bl model_step
    .global done
    .type done, %function
done:
    b done
    .size entry, . - entry

    .global interrupt
    .type interrupt, %function
interrupt:
    push {r4-r7, lr}
    movs r0, #0x55
    mvns r1, r0
    mov r12, r1
    movs r2, #0
    mvns r3, r2
    movs r4, #1
    lsls r4, r4, #31
    push {r0-r4}
    pop {r0-r4}
    pop {r4-r7, pc}
    .size interrupt, . - interrupt
