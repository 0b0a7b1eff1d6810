/* SPDX-License-Identifier: Apache-2.0 */
/* Vector table, initial values of variables, main. */
    .syntax unified
    .cpu cortex-m0plus
    .thumb
    .section .vectors, "a", %progbits
    .word __stack_top
    .word entry
    .text
    .thumb_func
    .global entry
entry:
    ldr r0, =__data_start
    ldr r1, =__data_end
    ldr r2, =__data_load
1:  cmp r0, r1
    bhs 2f
    ldm r2!, {r3}
    stm r0!, {r3}
    b 1b
2:  ldr r1, =__bss_end
    movs r3, #0
3:  cmp r0, r1
    bhs 4f
    stm r0!, {r3}
    b 3b
4:  bl main
    .thumb_func
    .global done
done:
    b done
