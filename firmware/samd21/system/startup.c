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
void fault_enter(const uint32_t *stack, uint32_t link);

typedef void handler(void);

typedef struct {
    uint32_t *stack_top;
    handler *system[15];           /* exceptions 1 to 15 at 0 to 14 (Armv6-M ARM, B1.5.2) */
    handler *interrupt[IRQ_COUNT]; /* exceptions from 16 on */
} vector_table;

/* Drivers define the handlers that they need. Whatever else arrives is a defect and stops the chip visibly.
 */
#define HANDLER(name) __attribute__((weak, alias("Fault_Handler"))) void name##_Handler(void)
HANDLER(SysTick);
HANDLER(PM);
HANDLER(SYSCTRL);
HANDLER(WDT);
HANDLER(RTC);
HANDLER(EIC);
HANDLER(NVMCTRL);
HANDLER(DMAC);
HANDLER(USB);
HANDLER(EVSYS);
HANDLER(SERCOM0);
HANDLER(SERCOM1);
HANDLER(SERCOM2);
HANDLER(SERCOM3);
HANDLER(SERCOM4);
HANDLER(SERCOM5);
HANDLER(TCC0);
HANDLER(TCC1);
HANDLER(TCC2);
HANDLER(TC3);
HANDLER(TC4);
HANDLER(TC5);
HANDLER(TC6);
HANDLER(TC7);
HANDLER(ADC);
HANDLER(AC);
HANDLER(DAC);
HANDLER(PTC);
HANDLER(I2S);

/* Reserved entries stay zero. */
__attribute__((section(".vectors"), used)) static const vector_table vectors = {
    .stack_top = __stack_top,
    .system =
        {
            [EXCEPTION_RESET - 1] = Reset_Handler,
            [EXCEPTION_NMI - 1] = Fault_Handler,
            [EXCEPTION_HARDFAULT - 1] = Fault_Handler,
            [EXCEPTION_SVCALL - 1] = Fault_Handler,
            [EXCEPTION_PENDSV - 1] = Fault_Handler,
            [EXCEPTION_SYSTICK - 1] = SysTick_Handler,
        },
    .interrupt =
        {
            [IRQ_PM] = PM_Handler,           [IRQ_SYSCTRL] = SYSCTRL_Handler, [IRQ_WDT] = WDT_Handler,
            [IRQ_RTC] = RTC_Handler,         [IRQ_EIC] = EIC_Handler,         [IRQ_NVMCTRL] = NVMCTRL_Handler,
            [IRQ_DMAC] = DMAC_Handler,       [IRQ_USB] = USB_Handler,         [IRQ_EVSYS] = EVSYS_Handler,
            [IRQ_SERCOM0] = SERCOM0_Handler, [IRQ_SERCOM1] = SERCOM1_Handler, [IRQ_SERCOM2] = SERCOM2_Handler,
            [IRQ_SERCOM3] = SERCOM3_Handler, [IRQ_SERCOM4] = SERCOM4_Handler, [IRQ_SERCOM5] = SERCOM5_Handler,
            [IRQ_TCC0] = TCC0_Handler,       [IRQ_TCC1] = TCC1_Handler,       [IRQ_TCC2] = TCC2_Handler,
            [IRQ_TC3] = TC3_Handler,         [IRQ_TC4] = TC4_Handler,         [IRQ_TC5] = TC5_Handler,
            [IRQ_TC6] = TC6_Handler,         [IRQ_TC7] = TC7_Handler,         [IRQ_ADC] = ADC_Handler,
            [IRQ_AC] = AC_Handler,           [IRQ_DAC] = DAC_Handler,         [IRQ_PTC] = PTC_Handler,
            [IRQ_I2S] = I2S_Handler,
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

/* Hands over the stack as the exception has left it, and the link register, which shows how it was
 * entered. */
__attribute__((naked)) void Fault_Handler(void) {
    __asm__ volatile("mov r0, sp\n\tmov r1, lr\n\tbl fault_enter");
}

/* LED on, and nothing more: the state of a chip that came here is not to be trusted. */
__attribute__((weak)) void fault_enter(const uint32_t *stack, uint32_t link) {
    (void)stack;
    (void)link;
    PORT_DIRSET(BOARD_LED_PORT) = 1u << BOARD_LED_PIN;
    PORT_OUTSET(BOARD_LED_PORT) = 1u << BOARD_LED_PIN;
    for (;;) {
    }
}
