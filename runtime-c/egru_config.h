/* SPDX-License-Identifier: Apache-2.0
 *
 * What compilers spell differently. Each macro can be defined beforehand, for a compiler that is not known here.
 */
#ifndef EGRU_CONFIG_H
#define EGRU_CONFIG_H

/* On an integer type: objects of other types may be read and written through it. Without it, a compiler that draws
 * conclusions from types (C11 6.5, paragraph 7) may reorder accesses to a state, which holds int16 values in int32 words.
 * MSVC never does; with others, switch that off (IAR: --no_tbaa) and define EGRU_MAY_ALIAS as nothing. */
#ifndef EGRU_MAY_ALIAS
#if defined(__GNUC__) || defined(__clang__)
#define EGRU_MAY_ALIAS __attribute__((may_alias))
#elif defined(_MSC_VER)
#define EGRU_MAY_ALIAS
#else
#error "Compile without type-based alias analysis (IAR: --no_tbaa) and define EGRU_MAY_ALIAS as nothing"
#endif
#endif

/* In front of a function: the compiler warns where its result is not used. */
#ifndef EGRU_NODISCARD
#if defined(__GNUC__) || defined(__clang__)
#define EGRU_NODISCARD __attribute__((warn_unused_result))
#elif defined(__cplusplus) && __cplusplus >= 201703L
#define EGRU_NODISCARD [[nodiscard]]
#elif defined(_MSC_VER)
#define EGRU_NODISCARD _Check_return_
#else
#define EGRU_NODISCARD
#endif
#endif

/* In front of the declaration of a variable: it begins at a multiple of n bytes, as in
 * EGRU_ALIGNED(4) int16_t features[MODEL_INPUTS]; */
#ifndef EGRU_ALIGNED
#if defined(__GNUC__) || defined(__clang__)
#define EGRU_ALIGNED(n) __attribute__((aligned(n)))
#elif defined(__cplusplus)
#define EGRU_ALIGNED(n) alignas(n)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define EGRU_ALIGNED(n) _Alignas(n)
#elif defined(_MSC_VER)
#define EGRU_ALIGNED(n) __declspec(align(n))
#else
#error "Define EGRU_ALIGNED(n): the alignment of a variable in bytes"
#endif
#endif

/* In front of a function: it is never copied into its callers. */
#ifndef EGRU_NOINLINE
#if defined(__GNUC__) || defined(__clang__)
#define EGRU_NOINLINE __attribute__((noinline))
#else
#define EGRU_NOINLINE
#endif
#endif

#ifdef __cplusplus
#define EGRU_STATIC_ASSERT static_assert
#else
#define EGRU_STATIC_ASSERT _Static_assert
#endif

#endif
