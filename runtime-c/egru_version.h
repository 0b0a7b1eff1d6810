/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EGRU_VERSION_H
#define EGRU_VERSION_H

/* Version of the contract between generated code and this runtime: the structures of egru.h, the packed bit
 * order and the numerics. The compiler writes the number that it was built for into every generated file, and
 * those refuse to compile against another one. */
#define EGRU_ABI_VERSION 2

/* Version of the runtime: that of the compiler which it came with. EGRU_VERSION grows with every release:
 * major * 65536 + minor * 256 + patch. */
#define EGRU_VERSION_MAJOR 0
#define EGRU_VERSION_MINOR 1
#define EGRU_VERSION_PATCH 0
#define EGRU_VERSION_STRING "0.1.0"
#define EGRU_VERSION (EGRU_VERSION_MAJOR * 0x10000L + EGRU_VERSION_MINOR * 0x100L + EGRU_VERSION_PATCH)

#endif
