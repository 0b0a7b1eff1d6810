/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EGRU_VERSION_H
#define EGRU_VERSION_H

/* Version of the contract between generated code and this runtime: the structures of egru.h, the packed bit
 * order and the numerics. The compiler writes the number that it was built for into every generated file, and
 * those refuse to compile against another one. */
#define EGRU_ABI_VERSION 1

#endif
