/* SPDX-License-Identifier: Apache-2.0
 *
 * The one place that decides between assembly and portable C. Every source of the runtime and every generated
 * step includes it, and asks for EGRU_M0 alone.
 *
 * EGRU_M0: the hot functions are those of the *_m0.S files and of the generated *_step.S, for Armv6-M
 * (Cortex-M0, M0+). Define EGRU_PORTABLE for all files, C and assembly alike, to have C everywhere: the same
 * integers, no assembly at all.
 */
#ifndef EGRU_TARGET_H
#define EGRU_TARGET_H

#if defined(__arm__) && defined(__ARM_ARCH_6M__) && !defined(EGRU_PORTABLE)
#define EGRU_M0 1
#endif

/* A file of assembly without this section makes the stack of a Linux program executable. */
#if defined(__ASSEMBLER__) && defined(__ELF__) && defined(__linux__)
/* clang-format off */
    .section .note.GNU-stack, "", %progbits
/* clang-format on */
#endif

#endif
