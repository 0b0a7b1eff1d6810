/* SPDX-License-Identifier: Apache-2.0
 *
 * Events of the `unrolled` kernel on the Cortex-M0+: which of a layer's values are sent, and the list that the columns of
 * the next step are reached by. The same integers as egru_moved, egru_fires and egru_subtract_threshold.
 * Where more events come than are worth following, their list ends: nothing will read it, only their number.
 *
 * Two values to a word are tested at once; a test may report a word without an event, and never misses one. What it
 * reports is then computed exactly.
 */
#include "egru_target.h"

#ifdef EGRU_M0

    .syntax unified
    .cpu cortex-m0plus
    .thumb

@ r10 row of the last word's lower column, r11 half of the bytes of a row, r12 end of the values. lr takes the row
@ of the word that ends at r0. Changes r5, r6.
.macro row_of_word
    mov r6, r12
    subs r6, r6, r0
    mov r5, r11
    muls r6, r5, r6
    mov r5, r10
    subs r5, r5, r6
    mov lr, r5
    subs r0, #4
    subs r1, #4
    subs r2, #4
.endm

@ From the word that ends at r0 on: r7 counts up to r6.
.macro back
    subs r0, #4
    subs r1, #4
    subs r2, #4
    mov r6, r12
    subs r6, r6, r0
    movs r7, #0
.endm

.macro next_row
    mov r5, r11
    lsls r5, r5, #1
    add lr, r5
.endm

    .section .text.egru_i_event_changes_m0, "ax", %progbits
    .balign 8

@ The value at r0 + r7: an event where it moved by more than 32767 - (int16 at r2 + r7) from the one at r1 + r7. The entry
@ is its row, and the differences of the values and of what shifts by 1 and 2 make of them.
.macro change
    ldrsh r3, [r0, r7]
    ldrsh r4, [r1, r7]
    ldrsh r5, [r2, r7]
    adds r5, r5, r3
    subs r5, r5, r4
    asrs r5, r5, #15
    bgt 1f
    ldrsh r5, [r2, r7]
    subs r5, r5, r3
    adds r5, r5, r4
    asrs r5, r5, #15
    ble 2f
1:  strh r3, [r1, r7]
    mov r5, r9
    mov r6, lr
    str r6, [r5]
    subs r6, r3, r4
    str r6, [r5, #4]
    asrs r3, r3, #1
    asrs r4, r4, #1
    subs r6, r3, r4
    str r6, [r5, #8]
    asrs r3, r3, #1
    asrs r4, r4, #1
    subs r6, r3, r4
    str r6, [r5, #12]
    adds r5, #16
    mov r9, r5
2:
.endm

/* Not for C. r0: int16 values; r1: those that were sent, replaced at events; r2: 32767 less the thresholds, 0x8000 for what
 * is no value; r3: word for the number of events, with the list behind it; r4, r5: as r10 and r11 above; r6: bytes of the
 * values, a multiple of 4; r8: the list's end where it is long enough. Changes r0 .. r12.
 *
 * With K = 32767 - t, K + d and K - d are within 0 .. 32767 where there is no event: bit 15 is set in the lower half
 * where d is beyond t, and the upper half is right where the lower one raises no alarm. Values of other signs, whose
 * difference may not fit, always do. */
    .global egru_i_event_changes_m0
    .type egru_i_event_changes_m0, %function
egru_i_event_changes_m0:
    push {r3, lr}
    adds r3, #4
    mov r9, r3
    mov r10, r4
    mov r11, r5
    adds r6, r6, r0
    mov r12, r6
    ldr r7, =0x80008000
.Lchanges:
    ldm r0!, {r3}
    ldm r1!, {r4}
    ldm r2!, {r5}
    subs r6, r3, r4
    eors r3, r4
    adds r4, r5, r6
    orrs r3, r4
    subs r5, r5, r6
    orrs r3, r5
    tst r3, r7
    bne .Lchange
.Lunchanged:
    cmp r0, r12
    bne .Lchanges
.Lchanged:
    ldr r3, [sp]
    mov r4, r9
    subs r4, r4, r3
    lsrs r4, r4, #4
    str r4, [r3]
    pop {r3, pc}
.Lchange:
    cmp r9, r8
    bhs .Lmany_changes
    row_of_word
    movs r7, #0
    change
    next_row
    movs r7, #2
    change
    adds r0, #4
    adds r1, #4
    adds r2, #4
    ldr r7, =0x80008000
    b .Lunchanged

@ The list is long enough: the rest is changed without one.
.Lmany_changes:
    back
1:  ldrsh r3, [r0, r7]
    ldrsh r4, [r1, r7]
    ldrsh r5, [r2, r7]
    adds r5, r5, r3
    subs r5, r5, r4
    asrs r5, r5, #15
    bgt 2f
    ldrsh r5, [r2, r7]
    subs r5, r5, r3
    adds r5, r5, r4
    asrs r5, r5, #15
    ble 3f
2:  strh r3, [r1, r7]
3:  adds r7, #2
    cmp r7, r6
    bne 1b
    b .Lchanged
    .size egru_i_event_changes_m0, . - egru_i_event_changes_m0
    .ltorg

    .section .text.egru_i_event_pulses_m0, "ax", %progbits
    .balign 8

@ The state at r0 + r7, its threshold at r2 + r7. The entry is its row and the state.
.macro pulse
    ldrsh r3, [r0, r7]
    ldrsh r4, [r2, r7]
    cmp r3, r4
    bgt 1f
    ldr r5, [sp]
    lsls r5, r5, #30
    bpl 3f
    negs r4, r4
    cmp r3, r4
    bge 3f
1:  strh r3, [r1, r7]
    mov r5, r9
    mov r6, lr
    str r6, [r5]
    str r3, [r5, #4]
    adds r5, #8
    mov r9, r5
    ldr r5, [sp]
    lsls r5, r5, #29
    bmi 3f
    subs r3, r3, r4
    strh r3, [r0, r7]
3:
.endm

@ Words without an event are 0 in the outputs.
.macro pulses
    ldm r0!, {r3}
    ldm r2!, {r4}
    stm r1!, {r7}
.endm

/* Not for C. r0: int16 states, -32264 .. 32264, which events change; r1: outputs; r2: thresholds; r3 .. r6, r8: as above, the
 * number of events and a list of two words for each; r7: egru_event_option. Changes r0 .. r12.
 *
 * A state c above its threshold t makes t - c negative; what borrows from the upper half makes it too small, never too
 * large. States below -t likewise, with c + t less a carry. */
    .global egru_i_event_pulses_m0
    .type egru_i_event_pulses_m0, %function
egru_i_event_pulses_m0:
    push {r3, lr}
    sub sp, #8
    str r7, [sp]
    adds r3, #4
    mov r9, r3
    mov r10, r4
    mov r4, r8
    str r4, [sp, #4]
    mov r11, r5
    adds r6, r6, r0
    mov r12, r6
    ldr r6, =0x80008000
    lsls r3, r7, #30
    movs r7, #0
    cmp r3, #0
    blt .Lsigned
.Lpulses:
    pulses
    subs r4, r4, r3
    bics r4, r3
    tst r4, r6
    bne .Lpulse
.Lsilent:
    cmp r0, r12
    bne .Lpulses
    b .Lsent
.Lsigned:
    ldr r4, =0xffff0000
    mov r8, r4
.Lsigned_pulses:
    pulses
    adds r5, r4, r3
    add r5, r8
    ands r5, r3
    subs r4, r4, r3
    bics r4, r3
    orrs r4, r5
    tst r4, r6
    bne .Lpulse
.Lsigned_silent:
    cmp r0, r12
    bne .Lsigned_pulses
.Lsent:
    ldr r3, [sp, #8]
    mov r4, r9
    subs r4, r4, r3
    lsrs r4, r4, #3
    str r4, [r3]
    add sp, #8
    pop {r3, pc}
.Lpulse:
    mov r5, r9
    ldr r6, [sp, #4]
    cmp r5, r6
    bhs .Lmany_pulses
    row_of_word
    pulse
    next_row
    movs r7, #2
    pulse
    adds r0, #4
    adds r1, #4
    adds r2, #4
    movs r7, #0
    ldr r6, =0x80008000
    ldr r5, [sp]
    lsls r5, r5, #30
    bpl .Lsilent
    b .Lsigned_silent

@ The list is long enough: the rest goes without one.
.Lmany_pulses:
    back
1:  ldrsh r3, [r0, r7]
    ldrsh r4, [r2, r7]
    cmp r3, r4
    bgt 2f
    ldr r5, [sp]
    lsls r5, r5, #30
    bpl 4f
    negs r4, r4
    cmp r3, r4
    bge 4f
2:  strh r3, [r1, r7]
    ldr r5, [sp]
    lsls r5, r5, #29
    bmi 3f
    subs r3, r3, r4
    strh r3, [r0, r7]
    b 3f
4:  movs r5, #0
    strh r5, [r1, r7]
3:  adds r7, #2
    cmp r7, r6
    bne 1b
    b .Lsent
    .size egru_i_event_pulses_m0, . - egru_i_event_pulses_m0
    .ltorg

#endif
