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
    handler *system[15];
    handler *peripheral[28];
} vector_table;

/* No interrupt is enabled: the firmware polls. Whatever arrives all the same is a defect and stops the chip
 * visibly. Reserved entries stay zero. */
__attribute__((section(".vectors"), used)) static const vector_table vectors = {
    .stack_top = __stack_top,
    .system =
        {
            Reset_Handler,                      /* 1 */
            Fault_Handler,                      /* 2 NMI */
            Fault_Handler,                      /* 3 HardFault */
            0, 0, 0, 0, 0, 0, 0, Fault_Handler, /* 11 SVCall */
            0, 0, Fault_Handler,                /* 14 PendSV */
            Fault_Handler,                      /* 15 SysTick */
        },
    .peripheral =
        {
            Fault_Handler, /* 0 PM */ Fault_Handler,       /* 1 SYSCTRL */ Fault_Handler,  /* 2 WDT */
            Fault_Handler, /* 3 RTC */ Fault_Handler,      /* 4 EIC */ Fault_Handler,      /* 5 NVMCTRL */
            Fault_Handler, /* 6 DMAC */ Fault_Handler,     /* 7 USB */ Fault_Handler,      /* 8 EVSYS */
            Fault_Handler, /* 9 SERCOM0 */ Fault_Handler,  /* 10 SERCOM1 */ Fault_Handler, /* 11 SERCOM2 */
            Fault_Handler, /* 12 SERCOM3 */ Fault_Handler, /* 13 SERCOM4 */ Fault_Handler, /* 14 SERCOM5 */
            Fault_Handler, /* 15 TCC0 */ Fault_Handler,    /* 16 TCC1 */ Fault_Handler,    /* 17 TCC2 */
            Fault_Handler, /* 18 TC3 */ Fault_Handler,     /* 19 TC4 */ Fault_Handler,     /* 20 TC5 */
            Fault_Handler, /* 21 TC6 */ Fault_Handler,     /* 22 TC7 */ Fault_Handler,     /* 23 ADC */
            Fault_Handler, /* 24 AC */ Fault_Handler,      /* 25 DAC */ Fault_Handler,     /* 26 PTC */
            Fault_Handler,                                                                 /* 27 I2S */
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
