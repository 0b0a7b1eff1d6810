/* SPDX-License-Identifier: Apache-2.0
 *
 * Vector table and what runs before main (data sheet, chapter Processor and Architecture, "Interrupt Line
 * Mapping").
 */
#include "clock.h"
#include "board.h"
#include "samd21.h"

/* Set by the linker script. */
extern uint32_t __stack_top[];
extern uint32_t __data_load[];
extern uint32_t __data_start[];
extern uint32_t __data_end[];
extern uint32_t __bss_start[];
extern uint32_t __bss_end[];

int main(void);
void Reset_Handler(void);
void Fault_Handler(void);

typedef void handler(void);

typedef struct {
    uint32_t *stack_top;
    handler *system[15];           /* exceptions 1 to 15 at 0 to 14 (Armv6-M ARM, B1.5.2) */
    handler *interrupt[IRQ_COUNT]; /* exceptions from 16 on */
} vector_table;

/* No interrupt is enabled: the firmware polls. Whatever arrives all the same is a defect and stops the chip
 * visibly. Reserved entries stay zero. */
__attribute__((section(".vectors"), used)) static const vector_table vectors = {
    .stack_top = __stack_top,
    .system =
        {
            [EXCEPTION_RESET - 1] = Reset_Handler,
            [EXCEPTION_NMI - 1] = Fault_Handler,
            [EXCEPTION_HARDFAULT - 1] = Fault_Handler,
            [EXCEPTION_SVCALL - 1] = Fault_Handler,
            [EXCEPTION_PENDSV - 1] = Fault_Handler,
            [EXCEPTION_SYSTICK - 1] = Fault_Handler,
        },
    .interrupt =
        {
            [IRQ_PM] = Fault_Handler,      [IRQ_SYSCTRL] = Fault_Handler, [IRQ_WDT] = Fault_Handler,
            [IRQ_RTC] = Fault_Handler,     [IRQ_EIC] = Fault_Handler,     [IRQ_NVMCTRL] = Fault_Handler,
            [IRQ_DMAC] = Fault_Handler,    [IRQ_USB] = Fault_Handler,     [IRQ_EVSYS] = Fault_Handler,
            [IRQ_SERCOM0] = Fault_Handler, [IRQ_SERCOM1] = Fault_Handler, [IRQ_SERCOM2] = Fault_Handler,
            [IRQ_SERCOM3] = Fault_Handler, [IRQ_SERCOM4] = Fault_Handler, [IRQ_SERCOM5] = Fault_Handler,
            [IRQ_TCC0] = Fault_Handler,    [IRQ_TCC1] = Fault_Handler,    [IRQ_TCC2] = Fault_Handler,
            [IRQ_TC3] = Fault_Handler,     [IRQ_TC4] = Fault_Handler,     [IRQ_TC5] = Fault_Handler,
            [IRQ_TC6] = Fault_Handler,     [IRQ_TC7] = Fault_Handler,     [IRQ_ADC] = Fault_Handler,
            [IRQ_AC] = Fault_Handler,      [IRQ_DAC] = Fault_Handler,     [IRQ_PTC] = Fault_Handler,
            [IRQ_I2S] = Fault_Handler,
        },
};

void Reset_Handler(void) {
    SCB_VTOR = (uint32_t)&vectors; /* bootloaders set it too; one that does not costs nothing here */

    const uint32_t *from = __data_load;
    for (uint32_t *to = __data_start; to < __data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = __bss_start; to < __bss_end; to++) {
        *to = 0u;
    }
    clock_init();
    (void)main();
    Fault_Handler(); /* main does not return */
}

/* LED on, and nothing more: the state of a chip that came here is not to be trusted. */
void Fault_Handler(void) {
    PORT_DIRSET(BOARD_LED_PORT) = 1u << BOARD_LED_PIN;
    PORT_OUTSET(BOARD_LED_PORT) = 1u << BOARD_LED_PIN;
    for (;;) {
    }
}
