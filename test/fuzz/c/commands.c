/* SPDX-License-Identifier: Apache-2.0
 *
 * The firmware's commands with both ports, behind ports that are none: lines, payloads and console are the firmware's
 * own, model and microphone are not there. Whatever comes, each port is in step again after newlines and `sync`, and
 * what is sent is lines of printable text that begin with "ok" or "error".
 */
#include <stdio.h>
#include <string.h>

#define main firmware_main
#include "../../../firmware/app/main.c"
#undef main

#include "crc32.h"
#include "fuzz.h"
#include "learn.h"
#include "nvm.h"
#include "uart.h"
#include "update.h"

enum { BUFFER = 4096, RESYNCHRONISES = 1 + 2 * PAYLOAD_VALUES /* as resynchronise() of protocol.ts */ };

static struct {
    uint8_t in[BUFFER];
    size_t first, last;
    char out[BUFFER]; /* the line that is being sent */
    size_t length;
    char line[BUFFER]; /* the last one that was */
} ports[PORT_COUNT];
static int usb_open, uart_error;
static listen_mode mode;

static void sent(console_port port, uint8_t byte) {
    if (byte != '\n') {
        fuzz_check(byte >= ' ' && byte <= '~' && ports[port].length < BUFFER - 1u);
        ports[port].out[ports[port].length++] = (char)byte;
        return;
    }
    ports[port].out[ports[port].length] = '\0';
    ports[port].length = 0;
    memcpy(ports[port].line, ports[port].out, BUFFER);
    fuzz_check(strncmp(ports[port].line, "ok", 2) == 0 || strncmp(ports[port].line, "error ", 6) == 0);
}

static int received(console_port port) {
    return ports[port].first < ports[port].last ? ports[port].in[ports[port].first++] : -1;
}

/* hal/uart.h and hal/usb_cdc.h */
void host_uart_sent(uint8_t byte) {
    sent(PORT_UART, byte);
}
void uart_init(void) {}
int uart_get(void) {
    return received(PORT_UART);
}
unsigned uart_read(uint8_t *to, unsigned n) {
    unsigned count = 0;
    for (int byte; count < n && (byte = received(PORT_UART)) >= 0; count++) {
        to[count] = (uint8_t)byte;
    }
    return count;
}
int uart_ready(void) {
    return ports[PORT_UART].first < ports[PORT_UART].last;
}
int uart_take_error(void) {
    const int error = uart_error;
    uart_error = 0;
    return error;
}
unsigned uart_room(void) {
    return CONSOLE_LINE;
}
void uart_put(uint8_t byte) {
    sent(PORT_UART, byte);
}
void uart_drain(void) {}
void usb_cdc_init(void) {}
int usb_cdc_get(void) {
    return received(PORT_USB);
}
int usb_cdc_ready(void) {
    return ports[PORT_USB].first < ports[PORT_USB].last;
}
int usb_cdc_put(uint8_t byte) {
    sent(PORT_USB, byte);
    return 1;
}
unsigned usb_cdc_room(void) {
    return CONSOLE_LINE;
}
void usb_cdc_flush(void) {}
int usb_cdc_open(void) {
    return usb_open;
}
int usb_cdc_touched_1200(void) {
    return 0;
}

/* The rest of the application, of which nothing is asked. */
arena_layout arena;
session_state session;
static uint32_t fed;
const char *arena_open(void) {
    return NULL;
}
void session_open(void) {}
void session_reset(void) {
    fed = 0;
}
void session_feed(const int16_t *values, unsigned n) {
    fuzz_check(n <= PAYLOAD_VALUES && values == payload.values);
    fed += n;
    session.steps = fed;
}
const char *listen_set(listen_mode wanted) {
    mode = wanted;
    console_may_wait(wanted == LISTEN_OFF);
    return NULL;
}
listen_mode listen_now(void) {
    return mode;
}
int listen_poll(void) {
    return 0;
}
int listen_ready(void) {
    return 0;
}
void stats_init(void) {}
void stats_put(void) {
    put_text("frames 0");
}
void fault_report(void) {}
void fault_put_record(void) {
    put_text("none");
}
void fault_restart(void) {}
void wdt_start(void) {}
void wdt_clear(void) {}
void sleep_prepare(void) {}
void sleep_cancel(void) {}
void sleep_until_interrupt(sleep_depth depth) {
    (void)depth;
}
int usb_cdc_awake(void) {
    return 0;
}
static uint32_t pages, next_page;
const char *update_fits(uint32_t length) {
    return length < 256u || length > 65536u ? "no" : NULL;
}
const char *update_begin(uint32_t length) {
    pages = length / NVM_PAGE;
    next_page = 1;
    return NULL;
}
int update_open(void) {
    return pages != 0u;
}
const char *update_check(uint32_t page) {
    return pages == 0u ? "none" : page == next_page ? NULL : "another";
}
const char *update_page(uint32_t page, const uint32_t *data) {
    fuzz_check(page == next_page && data == payload.words);
    next_page++;
    return NULL;
}
const char *update_end(void) {
    pages = 0;
    return NULL;
}

/* firmware/app/model/learn.h: a label that the model does not have never comes here. */
static int16_t learnt[1];
learn_state learn = {.learnt = learnt, .n = 3, .bytes = 2};
const char *learn_example(unsigned label) {
    fuzz_check(label < learn.n);
    learn.examples++;
    return NULL;
}
int learn_undo(void) {
    return 0;
}
void learn_forget(void) {
    learn.examples = 0;
}
const char *learn_save(void) {
    learn.kept = 1;
    return NULL;
}

/* A region with texts, and a model of three outputs. */
const region_header __model_start[1] = {
    {.abi = 1, .length = 1000, .crc = 7, .compiler = "c", .toolchain = "t", .kernel = "k\n"}};

static int32_t scores[3] = {1, -2, 3};
static const char *const labels[3] = {"yes", "no", "other"};
static const egru_model model = {.abi = EGRU_ABI_VERSION,
                                 .name = "fuzz",
                                 .labels = labels,
                                 .inputs = 4,
                                 .outputs = 3,
                                 .layer_count = 1,
                                 .readout_rule = EGRU_READOUT_SUM};
static egru_keyword keywords[2] = {{0, 100, 50}, {2, 32767, 1}};
static const egru_detect detect = {.outputs = 3, .window = 1, .keyword_count = 2, .keywords = keywords};

static void start(void) {
    memset(ports, 0, sizeof ports);
    arena = (arena_layout){
        .model = &model, .detect = &detect, .stated = &detect, .keywords = keywords, .scores = scores};
    commands_defect = NULL;
    usb_open = 1;
    uart_error = 0;
    pages = 0;
    payload_give_up(PORT_UART);
    payload_give_up(PORT_USB);
    line_begin(&lines[PORT_UART]);
    line_begin(&lines[PORT_USB]);
    console_init();
    (void)listen_set(LISTEN_OFF);
}

/* Turns of the main loop until there is nothing to do. */
static void turn(void) {
    do {
        forget_closed_port();
    } while (poll_port(PORT_UART) | poll_port(PORT_USB));
}

static void give(console_port port, const void *bytes, size_t n) {
    ports[port].first = 0;
    ports[port].last = n;
    memcpy(ports[port].in, bytes, n);
    turn();
    if (usb_open) {
        fuzz_check(ports[port].first == ports[port].last); /* nothing is left lying */
    }
    ports[port].first = ports[port].last = 0;
}

/* A feed as a host sends it, in two pieces. */
static void feed_right(console_port port, fuzz_input *input) {
    uint8_t bytes[2 * 16];
    const unsigned n = fuzz_byte(input) & 15u;
    uint32_t crc = CRC32_START;
    for (unsigned i = 0; i < 2u * n; i++) {
        bytes[i] = fuzz_byte(input);
        crc = crc32_add(crc, bytes[i]);
    }
    char line[32];
    const int length = snprintf(line, sizeof line, "feed %u %08x\n", n, (unsigned)crc32_value(crc));
    give(port, line, (size_t)length);
    give(port, bytes, n);
    give(port, bytes + n, n);
}

static void in_step(console_port port, unsigned number) {
    uint8_t bytes[RESYNCHRONISES + 32];
    memset(bytes, '\n', RESYNCHRONISES);
    char wanted[32];
    (void)snprintf(wanted, sizeof wanted, "ok sync %u", number);
    const int length = snprintf((char *)bytes + RESYNCHRONISES, 32, "%s\n", wanted + 3);
    uart_error = 0;
    give(port, bytes, RESYNCHRONISES + (size_t)length);
    fuzz_check(strcmp(ports[port].line, wanted) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, size};
    start();
    while (input.left > 0u) {
        const unsigned what = fuzz_byte(&input);
        const console_port port = (what & 4u) != 0u ? PORT_USB : PORT_UART;
        if ((what & 3u) == 3u) {
            uart_error = (what & 8u) != 0u;
            usb_open = (what & 16u) != 0u;
            turn();
        } else if ((what & 3u) == 2u) {
            feed_right(port, &input);
        } else {
            const size_t n = 1u + (what >> 3) + ((what & 1u) != 0u ? 32u : 0u);
            uint8_t bytes[64];
            const size_t given = n < input.left ? n : input.left;
            for (size_t i = 0; i < given; i++) {
                bytes[i] = fuzz_byte(&input);
            }
            give(port, bytes, given);
        }
    }
    usb_open = 1;
    turn();
    in_step(PORT_UART, 5);
    in_step(PORT_USB, 65535);
    return 0;
}
