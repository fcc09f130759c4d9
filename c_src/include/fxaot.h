/* fxaot.h: everything that crosses a language border, defined once.
 *
 * Swift imports this header as module CFxaot, the NIF shim and plain C programs
 * include it. A change of any struct, or of a function's meaning, raises
 * FXAOT_ABI_VERSION; fxaot_abi_version() returns a loaded library's version.
 *
 * Longer than a file should be: one header is the whole interface.
 *
 * Ownership: every fxaot_*_new has a fxaot_*_free. Pointers that a function
 * takes are read only while it runs, except fxaot_strategy tables, which must
 * stay valid for the life of the process. Pointers that a function hands out
 * say in their comment how long they are valid.
 *
 * Threads: one engine belongs to one thread at a time (single writer), or to
 * its actor's. Functions without an engine argument may be called from any
 * thread, unless their comment says otherwise.
 *
 * Units: times are nanoseconds since 1970-01-01 UTC, money is integer
 * micro-units of a currency, quantities are integer base units (1 lot of
 * EURUSD = 100,000), prices are doubles here and integers inside.
 */
#ifndef FXAOT_H
#define FXAOT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FXAOT_ABI_VERSION 11u

#define FXAOT_STATIC_SIZE(type, bytes) \
  _Static_assert(sizeof(type) == (bytes), #type " must be " #bytes " bytes")
#ifdef __cplusplus
#undef FXAOT_STATIC_SIZE
#define FXAOT_STATIC_SIZE(type, bytes) static_assert(sizeof(type) == (bytes), #type)
#endif

/* ---- status codes -------------------------------------------------------
 * 0 is success. fxaot_status_name() gives each one's name as Erlang sees it. */
typedef enum fxaot_status {
  FXAOT_OK = 0,
  FXAOT_UNKNOWN_SYMBOL = 1, /* no such instrument in this engine */
  FXAOT_BAD_PRICE = 2,      /* NaN, infinite, zero, negative or beyond 2^51 steps */
  FXAOT_BAD_SIZE = 3,       /* a quote size that is NaN, infinite or negative */
  FXAOT_BAD_TIME = 4,       /* before FXAOT_MIN_TIME_NS or past FXAOT_MAX_TIME_NS */
  FXAOT_TIME_BACKWARDS = 5, /* older than the instrument's last quote: dropped and counted */
  FXAOT_UNKNOWN_STRATEGY = 6,
  FXAOT_UNKNOWN_PARAMETER = 7,
  FXAOT_PARAMETER_RANGE = 8,
  FXAOT_BAD_TIMEFRAME = 9,
  FXAOT_ALREADY_EXISTS = 10,
  FXAOT_NOT_FOUND = 11,
  FXAOT_BAD_INSTRUMENT = 12,
  FXAOT_BAD_CONFIG = 13,
  FXAOT_OUT_OF_MEMORY = 14,
  FXAOT_LIMIT = 15, /* a documented maximum is reached */
  FXAOT_BAD_ABI = 16,
  FXAOT_BAD_LENGTH = 17, /* sizes that do not fit together */
  FXAOT_BAD_FORMAT = 18, /* no known file format */
  FXAOT_TOO_MANY_BAD_LINES = 19,
  FXAOT_BAD_ARGUMENT = 20,  /* a null pointer, or a number that is never valid */
  FXAOT_FULL = 21,          /* no room in the mailbox */
  FXAOT_STOPPED = 22,       /* the actor accepts no quotes */
  FXAOT_THREAD = 23,        /* the system starts no thread */
  FXAOT_BUSY = 24,          /* another thread is already doing this */
  FXAOT_BAD_PARAMETER = 25, /* a script's input does not take such a value */
  FXAOT_BAD_SCRIPT = 26,    /* no program, or one that cannot run here: see the message */
  FXAOT_BAD_ARTIFACT = 27,  /* native code that is not to be used: see the message */
  FXAOT_BAD_RELOAD = 28,    /* such a version cannot take the running one's place: the message */
  FXAOT_STALE = 29,         /* the running version changed after this one was prepared */
  FXAOT_TIME_JUMP = 30,     /* a quote further ahead than max_time_jump_ns: dropped and counted */
  FXAOT_BAD_ORDER = 31, /* an order, change or close that cannot be read: see fxaot_order_fault */
  FXAOT_REJECTED = 32,  /* the risk gate has refused it: see fxaot_reject */
  FXAOT_BAD_RECORD = 33 /* a record of a journal or a snapshot that is none: the message */
} fxaot_status;

/* ---- quotes and bars ---------------------------------------------------- */

/* One quote in a batch, 48 bytes, little-endian, packed one after another. */
typedef struct fxaot_quote {
  int64_t time_ns;
  uint64_t symbol; /* fxaot_symbol_key() of the symbol's name */
  double bid;
  double ask;
  double bid_size; /* 0 where the feed has no sizes */
  double ask_size;
} fxaot_quote;
FXAOT_STATIC_SIZE(fxaot_quote, 48);

/* A bar as a strategy sees it: one price basis (mid, bid or ask). */
typedef struct fxaot_bar {
  int64_t open_time_ns; /* start of the interval; for tick bars the first quote's time */
  int64_t end_time_ns;  /* end of the interval, exclusive; for tick bars the last quote's time */
  double open, high, low, close;
  double volume; /* sum of bid and ask sizes, or the tick count where a feed has no sizes */
  int64_t ticks;
} fxaot_bar;
FXAOT_STATIC_SIZE(fxaot_bar, 64);

/* Times a quote may carry: 1990 … 2200. Far from overflow with every timeframe. A time of this
 * century in seconds, milliseconds or microseconds lies before them. */
#define FXAOT_MIN_TIME_NS 631152000000000000LL
#define FXAOT_MAX_TIME_NS 7258118400000000000LL

enum { FXAOT_MID = 0, FXAOT_BID = 1, FXAOT_ASK = 2 };

enum {
  FXAOT_TF_TICK = 0, /* every quote is a bar */
  FXAOT_TF_TICKS = 1,
  FXAOT_TF_SECONDS = 2,
  FXAOT_TF_MINUTES = 3,
  FXAOT_TF_HOURS = 4,
  FXAOT_TF_DAY = 5
};

/* Bars count from the start of the instrument's day: 17:00 New York for forex, else midnight UTC. */
typedef struct fxaot_timeframe {
  uint32_t kind;  /* FXAOT_TF_… */
  uint32_t count; /* N; 1 for tick and day */
} fxaot_timeframe;

/* ---- strategies --------------------------------------------------------- */

typedef struct fxaot_param {
  const char *name;
  double default_value, minimum, maximum; /* inclusive */
  uint32_t is_integer;
  uint32_t reserved;
} fxaot_param;
FXAOT_STATIC_SIZE(fxaot_param, 40);

#define FXAOT_MAX_FEEDS 8u
#define FXAOT_MAX_PARAMS 64u
#define FXAOT_MAX_STATE_BYTES 16777216ULL

/* A strategy: built in, registered from C, or generated. `params` is always an
 * array of param_count doubles inside their limits; `state` is a block of
 * state_bytes(params) bytes, 64-byte aligned, without pointers, so that a copy
 * is a snapshot. No function may keep either pointer. */
typedef struct fxaot_strategy {
  uint32_t abi_version; /* FXAOT_ABI_VERSION */
  uint32_t param_count;
  const char *name;
  const fxaot_param *params;
  /* Timeframes it reads: feed k has bars of feed_multiples[k] × the deployed
   * timeframe. Feed 0 (multiple 1) is the one that gives signals. */
  const uint32_t *feed_multiples;
  uint64_t feed_count;
  uint64_t (*state_bytes)(const double *params);
  void (*reset)(const double *params, void *state);
  /* One bar of one feed has closed. The result counts for feed 0 only:
   * −1 … +1, above zero buy, below zero sell, zero hold. */
  double (*step)(const double *params, void *state, uint32_t feed, const fxaot_bar *bar);
  /* A whole history of feed-0 closes at once, equal to the bit to stepping; NULL
   * where the strategy has none (several feeds, or closes are not enough). */
  void (*array)(const double *params, const double *closes, const double *volumes, double *signals,
                uint64_t count);
  /* NULL, or: 0 when the parameters go together, else 1 + the index of the
   * parameter that does not. */
  uint32_t (*check)(const double *params);
} fxaot_strategy;
FXAOT_STATIC_SIZE(fxaot_strategy, 80);

/* ---- native code of scripts ---------------------------------------------
 * A prepared script consists of worlds: the chart's is world 0, then one for each request.security,
 * depth first. Each has a block of state without pointers. Compiled code and the VM take the same
 * steps on the same blocks, so one can continue where the other stopped. */

/* A bar as a script sees it; times are milliseconds since 1970, UTC. */
typedef struct fxaot_script_bar {
  int64_t time, time_close;
  double open, high, low, close, volume;
} fxaot_script_bar;
FXAOT_STATIC_SIZE(fxaot_script_bar, 56);

/* How a world's step ended: one of these, plus 256 × the script's line. */
enum {
  FXAOT_STEP_OK = 0,
  FXAOT_STEP_BUDGET = 1,  /* loops took too long */
  FXAOT_STEP_HISTORY = 2, /* host->value: the offset */
  FXAOT_STEP_LENGTH = 3,  /* host->value: the length */
  FXAOT_STEP_ERROR = 4,   /* host->value: the text of runtime.error */
  FXAOT_STEP_TEXTS = 5,
  FXAOT_STEP_ORDERS = 6,
  FXAOT_STEP_FOR = 7, /* host->value: the step of a for */
  FXAOT_STEP_OBJECT = 8
};

/* The host of compiled code during one step. */
typedef struct fxaot_native_host {
  const double *book; /* strategy.*, in the order of the IR's BookField */
  double *plots;
  double position_entry_name; /* a text's number */
  int64_t last_index, last_time;
  int64_t budget; /* of the loops' rounds on this bar */
  double value;   /* see FXAOT_STEP_… */
  uint32_t is_history;
  uint32_t stopped; /* FXAOT_STEP_…: set by a callback when the script must end */
  void *context;
  /* The script's objects, where it has some: Pine.Objects. */
  void *objects;
  /* A function of the IR that compiled code leaves to its host. */
  double (*function)(void *context, uint32_t function, uint32_t texts, const double *arguments,
                     uint32_t count);
  /* A function over objects. */
  double (*object)(void *context, uint32_t function, const double *arguments, uint32_t count);
  double (*time)(void *context, uint32_t query, const double *inputs);
  double (*trade)(void *context, uint32_t is_open, uint32_t field, double index);
  /* The order or risk call with this number; its arguments are in the registers of the state. */
  void (*order)(void *context, uint32_t call);
  void (*risk)(void *context, uint32_t call);
} fxaot_native_host;

/* One bar of one world. `bar` is NULL when the host has already put the bar's fields into their
 * registers. */
typedef int64_t (*fxaot_native_step)(void *state, const fxaot_script_bar *bar,
                                     fxaot_native_host *host);

#define FXAOT_HASH_BYTES 32 /* SHA-256 */
#define FXAOT_LANES 8u

/* Columns of `count` bars. */
typedef struct fxaot_columns {
  const int64_t *time, *time_close;
  const double *open, *high, *low, *close, *volume;
  uint64_t count;
} fxaot_columns;

/* Eight parameter sets at once, for sweeps. Parameters are the script's inputs in their order, each
 * as FXAOT_LANES doubles. `run` is NULL where the script's control flow cannot become masks. */
typedef struct fxaot_lanes {
  uint32_t param_count;
  uint32_t reserved;
  /* Bytes of working memory, 64-byte aligned; 0 for parameters that it cannot take. */
  uint64_t (*scratch_bytes)(const double *params, uint64_t count);
  /* The plot "signal" of all bars from the first one on: count × FXAOT_LANES doubles. */
  void (*run)(const double *params, const fxaot_columns *bars, void *scratch, double *signals);
} fxaot_lanes;

/* Filled in by an artifact's one exported function, fxaot_native_open. */
typedef struct fxaot_native {
  uint32_t abi_version;
  uint32_t world_count;
  uint8_t plan[FXAOT_HASH_BYTES]; /* hash of the plan (registers, layout, steps) it was made from */
  uint64_t (*state_bytes)(uint32_t world);
  fxaot_native_step (*step)(uint32_t world);
  /* The script as a strategy without parameters whose signal is its plot "signal"; abi_version is 0
   * where it has none, or needs more of a host than bars. Its state is world 0's. */
  fxaot_strategy signal;
  fxaot_lanes lanes;
} fxaot_native;

typedef int32_t (*fxaot_native_open_function)(fxaot_native *out);
#define FXAOT_NATIVE_OPEN "fxaot_native_open"

/* ---- instruments, configuration, deployments ---------------------------- */

#define FXAOT_SYMBOL_BYTES 32
#define FXAOT_CURRENCY_BYTES 8
#define FXAOT_SESSION_BYTES 64

#define FXAOT_MOST_ALIASES 8

/* Another name of an instrument, as a feed or a broker writes it: EURUSD.r. */
typedef struct fxaot_alias {
  char symbol[FXAOT_SYMBOL_BYTES];
  uint64_t ref; /* as that of an instrument: quotes and orders may have either */
} fxaot_alias;
FXAOT_STATIC_SIZE(fxaot_alias, 40);

typedef struct fxaot_instrument {
  char symbol[FXAOT_SYMBOL_BYTES]; /* NUL-terminated, 1–31 bytes of printable ASCII */
  char base[FXAOT_CURRENCY_BYTES];
  char quote[FXAOT_CURRENCY_BYTES];
  uint32_t price_decimals; /* price step = step_units × 10^−price_decimals; 0–9 */
  uint32_t step_units;     /* 1 for 0.00001, 5 for 0.00005 … */
  int64_t pip_steps;       /* steps in a pip */
  int64_t lot;             /* base units in a lot */
  int64_t quantity_step, minimum_quantity, maximum_quantity;
  /* When its days begin and which are traded, as scripts write a session ("1700-1700:23456"), in a
   * zone of tzdata. A zone alone: days from its midnight on; a session alone: in the zone that the
   * currencies' market has; neither: that market's days (forex: 17:00 New York; else UTC). */
  char session[FXAOT_SESSION_BYTES];
  char timezone[FXAOT_SESSION_BYTES];
  const fxaot_alias *aliases; /* copied; none is another instrument's symbol or alias */
  uint32_t alias_count;       /* at most FXAOT_MOST_ALIASES */
  uint32_t reserved;
} fxaot_instrument;
FXAOT_STATIC_SIZE(fxaot_instrument, 240);

/* How many base units a signal trades. FXAOT_SIZER_SCALED may be added to each kind: times |signal|. */
enum {
  FXAOT_SIZER_FIXED = 0,          /* fixed_quantity */
  FXAOT_SIZER_EQUITY_PERCENT = 1, /* a notional of equity_percent of equity */
  FXAOT_SIZER_RISK =
      2, /* loses equity_percent of equity at a stop-loss that is attached, fixed_quantity
                               * steps from the price */
  FXAOT_SIZER_VOLATILITY =
      3, /* a move by the average true range of fixed_quantity bars is equity_percent of
                               * equity; no order before there are so many bars */
  FXAOT_SIZER_KELLY =
      4, /* a notional of fixed_quantity percent of the Kelly share of the strategy's own
                               * trades, at most equity_percent of equity; that much until ten have closed */
  FXAOT_SIZER_SCALED = 256
};

typedef struct fxaot_config {
  char account_currency[FXAOT_CURRENCY_BYTES];
  int64_t balance_micro;  /* opening balance */
  double min_strength;    /* |signal| above it becomes an order; default 0.1 */
  uint32_t sizer;         /* FXAOT_SIZER_… */
  uint32_t bar_events;    /* 1: every closed bar of a strategy's feed 0 is an event too */
  int64_t fixed_quantity; /* see FXAOT_SIZER_…; for FXAOT_SIZER_FIXED base units per signal */
  double equity_percent;
  uint32_t kept_bars; /* newest closed bars kept per series, for reloads; default 10,000 */
  /* Orders have the numbers first_order, first_order + order_step, …: engines that exchange
   * instruments share a step, and each begins with another number up to it. Default 1 and 1. */
  uint16_t first_order, order_step;
  /* How far behind its instrument's newest quote, or a later fxaot_advance, a quote may come; from
   * 1, default 7 days, INT64_MAX for any time. An instrument's first quote may have any. */
  int64_t max_time_jump_ns;
} fxaot_config;
FXAOT_STATIC_SIZE(fxaot_config, 64);

#define FXAOT_MAX_KEPT_BARS 100000u

typedef struct fxaot_param_value {
  const char *name;
  double value;
} fxaot_param_value;

typedef struct fxaot_deployment {
  const char *strategy;
  uint64_t symbol_ref; /* the ref the instrument was added with */
  fxaot_timeframe timeframe;
  uint32_t price; /* FXAOT_MID … */
  uint32_t param_count;
  const fxaot_param_value *params;
} fxaot_deployment;

/* A value of a script's input: by its title or its variable's name. */
enum { FXAOT_NUMBER = 0, FXAOT_BOOL = 1, FXAOT_TEXT = 2 };

typedef struct fxaot_script_param {
  const char *name; /* UTF-8 */
  const char *text; /* FXAOT_TEXT; also a source by name, such as "hl2" */
  double number;    /* FXAOT_NUMBER; FXAOT_BOOL: 0 or 1 */
  uint32_t kind;
  uint32_t reserved;
} fxaot_script_param;
FXAOT_STATIC_SIZE(fxaot_script_param, 32);

/* A script, as `fxaot check --emit binary` writes it. */
typedef struct fxaot_script {
  const void *program;
  uint64_t length;
  uint64_t symbol_ref;
  fxaot_timeframe timeframe;
  uint32_t price; /* FXAOT_MID …: of the bars, and of the quotes that trigger priced orders */
  uint32_t param_count;
  const fxaot_script_param *params;
} fxaot_script;
FXAOT_STATIC_SIZE(fxaot_script, 48);

#define FXAOT_MESSAGE_BYTES 256

/* Why an engine refused a script, a version or native code: a status alone cannot say it. */
typedef struct fxaot_engine_refusal {
  uint64_t param;                    /* index of the wrong parameter, or UINT64_MAX */
  double minimum, maximum;           /* FXAOT_PARAMETER_RANGE; NaN without a bound */
  char message[FXAOT_MESSAGE_BYTES]; /* a sentence in UTF-8; empty where the status says it all */
} fxaot_engine_refusal;
FXAOT_STATIC_SIZE(fxaot_engine_refusal, 280);

/* ---- events ------------------------------------------------------------- */

enum {
  FXAOT_EVENT_SIGNAL = 1, /* strength */
  FXAOT_EVENT_ORDER =
      2, /* code: its new fxaot_order_state; reason: fxaot_cancel if cancelled; price:
                           * its limit or trigger; strength: the limit of one that has both; 0: none */
  FXAOT_EVENT_FILL = 3,   /* price, quantity, profit_micro, commission_micro */
  FXAOT_EVENT_REJECT = 4, /* code: fxaot_reject; profit_micro: measured; commission_micro: bound */
  FXAOT_EVENT_BAR = 5,    /* bar and strength (0 included); only with bar_events */
  FXAOT_EVENT_ALARM = 6,  /* code: fxaot_alarm */
  FXAOT_EVENT_ACCOUNT = 7 /* code: fxaot_account_change */
};

enum { FXAOT_BUY = 1, FXAOT_SELL = 2 };

/* In the order of the risk gate's checks, but for the first five, which are older. A refusal has two numbers,
 * what was measured and its bound, in the unit that follows the name here; a reason without a unit, and a
 * measure that the engine does not have, has 0 for both. */
typedef enum fxaot_reject {
  FXAOT_REJECT_QUANTITY_BELOW_MINIMUM = 1, /* base units; also an order below one quantity step */
  FXAOT_REJECT_QUANTITY_ABOVE_MAXIMUM = 2, /* base units */
  FXAOT_REJECT_NO_CONVERSION = 3,          /* no quote links the currency to the account's */
  FXAOT_REJECT_NO_EQUITY = 4,
  FXAOT_REJECT_OUT_OF_MEMORY = 5,
  FXAOT_REJECT_HALTED = 6,
  FXAOT_REJECT_REDUCING = 7,
  FXAOT_REJECT_UNKNOWN_SYMBOL = 8,
  FXAOT_REJECT_QUANTITY_STEP = 9, /* base units: the order's, the step */
  FXAOT_REJECT_NO_QUOTE = 10,
  FXAOT_REJECT_STALE_QUOTE = 11, /* ns: the quote's age */
  FXAOT_REJECT_SPREAD = 12,      /* price steps */
  FXAOT_REJECT_MARKET_CLOSED = 13,
  FXAOT_REJECT_COLLAR = 14,        /* billionths of the mid: the price's distance */
  FXAOT_REJECT_MAX_QUANTITY = 15,  /* base units */
  FXAOT_REJECT_MAX_NOTIONAL = 16,  /* micro-units of account currency */
  FXAOT_REJECT_MAX_POSITION = 17,  /* base units, with the order */
  FXAOT_REJECT_MAX_CURRENCY = 18,  /* micro-units, with the order, of the larger one */
  FXAOT_REJECT_MAX_POSITIONS = 19, /* a count, with the order */
  FXAOT_REJECT_MAX_ORDERS = 20,    /* a count, with the order */
  FXAOT_REJECT_RATE = 21,          /* the limit: so many orders, in so many ns */
  FXAOT_REJECT_DAILY_LOSS = 22,    /* micro-units */
  FXAOT_REJECT_DRAWDOWN = 23,      /* billionths of the highest equity */
  FXAOT_REJECT_LOSING_TRADES = 24, /* a count */
  FXAOT_REJECT_POST_ONLY = 25, /* price steps from the market to its limit, the fewest allowed */
  FXAOT_REJECT_REDUCE_ONLY = 26,
  FXAOT_REJECT_BAD_STOP_LOSS =
      27, /* price steps from the entry, negative on the wrong side; fewest */
  FXAOT_REJECT_BAD_TAKE_PROFIT = 28, /* the same */
  FXAOT_REJECT_MARGIN = 29,          /* micro-units: what the order needs, what is free for it */
  FXAOT_REJECT_FIFO =
      30, /* a close that is not the oldest ticket's, where the account wants that */
  FXAOT_REJECT_GATEWAY_DOWN = 31,       /* the gateway has no connection */
  FXAOT_REJECT_JOURNAL_UNAVAILABLE = 32 /* nothing new while the journal takes no records */
} fxaot_reject;

typedef enum fxaot_order_state {
  FXAOT_ORDER_NEW = 0, /* waits for the order that it comes after */
  FXAOT_ORDER_ACCEPTED = 1,
  FXAOT_ORDER_TRIGGERED = 2,
  FXAOT_ORDER_PART_FILLED = 3,
  FXAOT_ORDER_FILLED = 4,
  FXAOT_ORDER_CANCELLED = 5,
  FXAOT_ORDER_REJECTED = 6,
  FXAOT_ORDER_EXPIRED = 7,
  FXAOT_ORDER_PENDING_NEW = 9, /* sent to a broker, which has not answered yet */
  /* Of events only: the order's state stays. */
  FXAOT_ORDER_MODIFIED = 8,        /* its terms have changed */
  FXAOT_ORDER_PENDING_CANCEL = 10, /* a broker has been asked to cancel it; reason: fxaot_cancel */
  FXAOT_ORDER_PENDING_REPLACE = 11,
  FXAOT_ORDER_CANCEL_REJECTED = 12,
  FXAOT_ORDER_REPLACE_REJECTED = 13
} fxaot_order_state;

typedef enum fxaot_cancel {
  FXAOT_CANCEL_USER = 1,
  FXAOT_CANCEL_OCO = 2,
  FXAOT_CANCEL_AFTER = 3,
  FXAOT_CANCEL_FLIP = 4,
  FXAOT_CANCEL_HALTED = 5,
  FXAOT_CANCEL_STOP_OUT = 6,
  FXAOT_CANCEL_MARGIN = 7,
  FXAOT_CANCEL_REDUCE_ONLY = 8,
  FXAOT_CANCEL_IOC = 9,
  FXAOT_CANCEL_FOK = 10,
  FXAOT_CANCEL_REJECTED_BY_VENUE = 11,
  FXAOT_CANCEL_STRATEGY = 12, /* its strategy has withdrawn it, has stopped, or was removed */
  FXAOT_CANCEL_BY_VENUE = 13  /* the broker has cancelled it by itself */
} fxaot_cancel;

/* What an event of kind FXAOT_EVENT_ACCOUNT says. */
typedef enum fxaot_account_change {
  FXAOT_ACCOUNT_CASH = 1,        /* profit_micro: the deposit, or negative the withdrawal */
  FXAOT_ACCOUNT_SWAP = 2,        /* profit_micro; quantity: nights; price: the rate; strength: the
                                  * conversion; order_id and name: the ticket in a hedging account */
  FXAOT_ACCOUNT_MARGIN_CALL = 3, /* strength: the margin level */
  FXAOT_ACCOUNT_STOP_OUT = 4,    /* a liquidation is sent: symbol or ticket (name), quantity;
                                  * strength: the margin level */
  FXAOT_ACCOUNT_STATE = 5, /* quantity: the new fxaot_trading_state; reason: fxaot_state_reason */
  FXAOT_ACCOUNT_RESET = 6  /* a negative balance is zero again; profit_micro: the difference */
} fxaot_account_change;

typedef enum fxaot_trading_state {
  FXAOT_TRADING_ACTIVE = 0,
  FXAOT_TRADING_REDUCING = 1,
  FXAOT_TRADING_HALTED = 2
} fxaot_trading_state;

typedef enum fxaot_state_reason {
  FXAOT_STATE_USER = 0,
  FXAOT_STATE_DAILY_LOSS = 1,
  FXAOT_STATE_DRAWDOWN = 2,
  FXAOT_STATE_LOSING_TRADES = 3
} fxaot_state_reason;

#define FXAOT_ID_BYTES 64

/* The end of an order's name that the engine has given: attached orders are "a.sl" and "a.tp". */
enum { FXAOT_NAME_PLAIN = 0, FXAOT_NAME_STOP_LOSS = 1, FXAOT_NAME_TAKE_PROFIT = 2 };

/* A client order id, or a name that the engine gave: close.N, stop_out.N. */
typedef struct fxaot_order_name {
  uint8_t text[FXAOT_ID_BYTES]; /* without a NUL where it is FXAOT_ID_BYTES long */
} fxaot_order_name;

typedef enum fxaot_alarm {
  FXAOT_ALARM_BAD_SIGNAL = 1,     /* a strategy answered NaN or infinity: read as 0 */
  FXAOT_ALARM_EVENTS_LOST = 2,    /* no memory for events: quantity says how many */
  FXAOT_ALARM_SCRIPT_STOPPED = 3, /* a script failed: quantity is the line, the strategy's stats
                                   * say why; its orders are cancelled, its position stays */
  FXAOT_ALARM_SMALL_ORDER = 5,    /* a strategy's first order that is too small for its instrument:
                                * strength is its size in base units, quantity the instrument's
                                * quantity step, price its smallest quantity */
  FXAOT_ALARM_TIME_JUMP = 4,   /* an instrument's time has jumped further than max_time_jump_ns to
                                * time_ns: quantity says how many quotes were dropped before */
  FXAOT_ALARM_MARGIN_CALL = 6, /* strength: the margin level */
  FXAOT_ALARM_RISK_STATE = 7,  /* a limit has switched trading to reducing: reason */
  FXAOT_ALARM_GATEWAY = 8      /* reason: FXAOT_GATEWAY_…; order_id; quantity: units */
} fxaot_alarm;

/* Fills of a broker that the engine did not wait for. The first two are booked. */
enum {
  FXAOT_GATEWAY_OVERFILL = 1,     /* more than was left of the order */
  FXAOT_GATEWAY_LATE_FILL = 2,    /* of an order that had ended */
  FXAOT_GATEWAY_UNKNOWN_ORDER = 3 /* of an order that the engine does not know */
};

typedef struct fxaot_event {
  uint32_t kind;
  uint32_t side; /* FXAOT_BUY, FXAOT_SELL or 0 */
  uint32_t code;
  uint8_t name_length;   /* of `name`; 0: the order has none, or the event is a bar */
  uint8_t name_end;      /* FXAOT_NAME_… */
  uint16_t reason;       /* fxaot_cancel, fxaot_state_reason or FXAOT_GATEWAY_… */
  uint64_t sequence;     /* 1, 2, 3 … without gaps within an engine */
  int64_t time_ns;       /* of the quote that caused it; a signal's and a bar's: end of the bar */
  uint64_t strategy_ref; /* as given to add_strategy */
  uint64_t symbol_ref;   /* as given to add_instrument */
  int64_t order_id;
  int64_t quantity;
  double price;
  double strength;
  int64_t profit_micro; /* realised by this fill, account currency, before its commission */
  fxaot_bar bar;        /* FXAOT_EVENT_BAR; in all other kinds the order's name: fxaot_event_name */
  int64_t commission_micro; /* of this fill, account currency */
} fxaot_event;
FXAOT_STATIC_SIZE(fxaot_event, 160);

/* The order's name, name_length bytes, which are in the place of the bar. */
static inline const uint8_t *fxaot_event_name(const fxaot_event *event) {
  return (const uint8_t *)&event->bar;
}

/* ---- reading an engine -------------------------------------------------- */

enum {
  FXAOT_STAGE_ADMIT = 0,      /* boundary, instrument look-up, price and time checks */
  FXAOT_STAGE_BARS = 1,       /* bar builders */
  FXAOT_STAGE_STRATEGIES = 2, /* strategies, sizer, risk gate */
  FXAOT_STAGE_TRADING = 3,    /* venue and account */
  FXAOT_STAGE_COUNT = 4
};

/* One quote in this many is timed (a reading of the counter costs as much as a bar update). */
#define FXAOT_SAMPLING 128u

#define FXAOT_HISTOGRAM_BUCKETS 976 /* 16 linear buckets, then 60 octaves of 16 */
#define FXAOT_LATENCY_BOUNDS 20
#define FXAOT_REJECT_CODES 64 /* room for those of fxaot_reject */

typedef struct fxaot_stats {
  uint64_t quotes; /* records taken in, good and bad */
  uint64_t accepted;
  uint64_t crossed;                                       /* of the accepted: bid > ask */
  uint64_t late;                                          /* dropped: time going backwards */
  uint64_t bad_price, bad_size, bad_time, unknown_symbol; /* dropped */
  uint64_t bars, signals, orders, fills, rejects, alarms;
  uint64_t events;          /* all events ever; the last sequence number */
  uint64_t latency_samples; /* quotes that were timed: 1 in FXAOT_SAMPLING */
  double latency_p50_ns, latency_p99_ns, latency_p999_ns, latency_max_ns;
  double stage_ns[FXAOT_STAGE_COUNT];    /* sampled time, summed, per stage */
  uint64_t time_jump;                    /* dropped: further ahead than max_time_jump_ns */
  uint64_t gaps;                         /* of the accepted: as far ahead, in a replay */
  uint64_t rejected[FXAOT_REJECT_CODES]; /* of the rejects, by fxaot_reject */
  uint64_t strategies;                   /* that run now */
} fxaot_stats;

/* Of the quotes that were timed: how many took no longer than each bound. */
typedef struct fxaot_latency {
  uint64_t samples;
  double sum_ns;
  double bounds_ns[FXAOT_LATENCY_BOUNDS]; /* ascending, always the same */
  uint64_t counts[FXAOT_LATENCY_BOUNDS];  /* cumulative; never fall from one call to the next */
} fxaot_latency;
FXAOT_STATIC_SIZE(fxaot_latency, 336);

typedef struct fxaot_position {
  uint64_t strategy_ref; /* 0 for an instrument's net position */
  uint64_t symbol_ref;
  int64_t quantity; /* signed base units */
  double average_price;
  int64_t realised_micro, unrealised_micro; /* account currency */
} fxaot_position;

/* The newest quote of an instrument. */
typedef struct fxaot_instrument_quote {
  uint64_t symbol_ref;
  int64_t time_ns; /* 0 before the first one */
  double bid, ask;
  uint32_t price_decimals;
  uint32_t reserved;
} fxaot_instrument_quote;
FXAOT_STATIC_SIZE(fxaot_instrument_quote, 40);

/* Some bars of a series. */
typedef struct fxaot_bar_run {
  uint64_t first;   /* number of the first one, from 0 at the series' start */
  uint64_t count;   /* how many bars were filled in */
  uint32_t is_open; /* 1: the last one still forms */
  uint32_t reserved;
} fxaot_bar_run;
FXAOT_STATIC_SIZE(fxaot_bar_run, 24);

/* One ticket of a hedging account. */
typedef struct fxaot_ticket {
  uint64_t symbol_ref;
  int64_t order_id; /* of the order that opened it */
  fxaot_order_name name;
  uint32_t name_length;
  uint32_t reserved;
  int64_t quantity; /* signed base units */
  double price;     /* average entry */
  int64_t unrealised_micro;
} fxaot_ticket;
FXAOT_STATIC_SIZE(fxaot_ticket, 112);

typedef struct fxaot_account {
  char currency[FXAOT_CURRENCY_BYTES];
  int64_t balance_micro, equity_micro, realised_micro, unrealised_micro;
  uint32_t unvalued; /* open positions that no live quote converts; not in equity */
  uint32_t state;    /* fxaot_trading_state */
  int64_t margin_used_micro, free_margin_micro;
  double margin_level; /* equity / margin used; infinite when none is used */
  int64_t commission_micro, swap_micro, cash_micro; /* sums since the start; cash: deposits */
} fxaot_account;
FXAOT_STATIC_SIZE(fxaot_account, 96);

/* ---- trading ------------------------------------------------------------
 * Fractions are whole billionths: 0.5 is 500,000,000. */

enum { FXAOT_NETTING = 0, FXAOT_HEDGING = 1 };
enum { FXAOT_MARGIN_SUM = 0, FXAOT_MARGIN_MAX = 1, FXAOT_MARGIN_NET = 2 };
enum { FXAOT_MARGIN_AT_MID = 0, FXAOT_MARGIN_AT_ENTRY = 1 };
enum { FXAOT_CONVERT_MID = 0, FXAOT_CONVERT_SIDE = 1 };
enum {
  FXAOT_LIQUIDATE_LARGEST_LOSS = 0,
  FXAOT_LIQUIDATE_LARGEST_MARGIN = 1,
  FXAOT_LIQUIDATE_OLDEST = 2,
  FXAOT_LIQUIDATE_ALL = 3,
  FXAOT_LIQUIDATE_PARTIAL = 4
};

typedef struct fxaot_account_terms {
  uint32_t leverage; /* 1 … 500; default 50 */
  uint32_t mode, margin_mode, margin_price, conversion, liquidation;
  uint32_t negative_balance_protection, fifo; /* 0 or 1 */
  int64_t new_orders;  /* margin used + commission may be equity / this; default 1.0 */
  int64_t margin_call; /* margin level; default 0.5 */
  int64_t stop_out;    /* margin level; default 0.2; 0: never */
} fxaot_account_terms;
FXAOT_STATIC_SIZE(fxaot_account_terms, 56);

/* Limits; 0: off. */
typedef struct fxaot_risk {
  int64_t max_quote_age_ns, max_spread_steps;
  int64_t collar; /* fraction of the mid */
  int64_t max_order_quantity, max_order_notional_micro;
  int64_t max_position; /* base units, of every instrument that has no limit of its own */
  int64_t max_currency_notional_micro;
  uint32_t max_positions, max_orders;
  int64_t order_rate_count, order_rate_ns; /* so many orders in so long */
  int64_t daily_loss_micro;
  int64_t max_drawdown; /* fraction of the highest equity */
  uint32_t max_losing_trades;
  uint32_t halt_cancels_protection; /* 1: a halt also cancels stop-losses and take-profits */
} fxaot_risk;
FXAOT_STATIC_SIZE(fxaot_risk, 104);

typedef struct fxaot_venue {
  int64_t latency_ns;
  int64_t slippage_steps;     /* market and stop orders fill so much worse */
  int64_t slippage_of_spread; /* fraction of the spread, in addition */
  int64_t random_slippage;    /* steps: a random part of 0 … this, in addition */
  int64_t reject_probability; /* fraction of the orders that arrive */
  uint64_t seed;
  uint64_t ignore_sizes; /* 1: fills do not look at the sizes of quotes */
} fxaot_venue;
FXAOT_STATIC_SIZE(fxaot_venue, 56);

/* FXAOT_SWAP_RATES: a long earns base − quote − markup, a short quote − base − markup, percent a year. */
enum {
  FXAOT_SWAP_POINTS = 0,
  FXAOT_SWAP_CURRENCY = 1,
  FXAOT_SWAP_PERCENT = 2,
  FXAOT_SWAP_RATES = 3
};
enum {
  FXAOT_COMMISSION_PER_LOT = 0,
  FXAOT_COMMISSION_PER_MILLION = 1,
  FXAOT_COMMISSION_PERCENT = 2
};

#define FXAOT_MARGIN_TIERS 8
#define FXAOT_MOST_HOLIDAYS 10000

typedef struct fxaot_margin_tier {
  int64_t above_micro; /* notional in account currency */
  int64_t rate;        /* fraction, of the part above it */
} fxaot_margin_tier;

/* An instrument's trading terms; zeros are the usual ones. */
typedef struct fxaot_terms {
  int64_t margin_rate;                         /* fraction; 0: 1 / leverage */
  fxaot_margin_tier tiers[FXAOT_MARGIN_TIERS]; /* growing; rate 0 ends the list */
  int64_t max_position;                        /* base units; 0: the account's limit */
  int64_t minimum_stop_distance;               /* steps */
  char hours[FXAOT_SESSION_BYTES]; /* session in New York's time, or "forex"; empty: always open */
  uint32_t triple_day;             /* 1 Monday … 5 Friday; 0: Wednesday, Thursday for USDCAD */
  uint32_t swap_mode, swap_days;   /* FXAOT_SWAP_…; 360 (also 0) or 365 */
  uint32_t commission_kind;
  int64_t swap_long, swap_short; /* millionths: points, currency or percent; positive is paid out */
  int64_t commission;            /* millionths of commission_currency, or of a percent */
  int64_t commission_minimum_micro;               /* of a fill, account currency */
  char commission_currency[FXAOT_CURRENCY_BYTES]; /* per lot only; empty: the account's */
  int64_t rate_base, rate_quote, rate_markup; /* FXAOT_SWAP_RATES: millionths of a percent a year */
  /* Growing days since 1970-01-01 that are no value dates: holidays of one of the currencies. Copied. */
  const int32_t *holidays;
  uint32_t holiday_count; /* at most FXAOT_MOST_HOLIDAYS */
  uint32_t reserved;
} fxaot_terms;
FXAOT_STATIC_SIZE(fxaot_terms, 312);

enum {
  FXAOT_TYPE_MARKET = 0,
  FXAOT_TYPE_LIMIT = 1,
  FXAOT_TYPE_STOP = 2,
  FXAOT_TYPE_STOP_LIMIT = 3,
  FXAOT_TYPE_MARKET_IF_TOUCHED = 4,
  FXAOT_TYPE_LIMIT_IF_TOUCHED = 5
};
enum { FXAOT_GTC = 0, FXAOT_DAY = 1, FXAOT_GTD = 2, FXAOT_IOC = 3, FXAOT_FOK = 4 };
enum { FXAOT_TRIGGER_SAME = 0, FXAOT_TRIGGER_MID = 1, FXAOT_TRIGGER_OPPOSITE = 2 };

/* An order's id. An attached order of an id `a` is addressed by the text "a.sl", or, whatever the length of
 * `a`, by the text "a" with `end`. A client gives ids without one. */
typedef struct fxaot_id {
  uint8_t text[FXAOT_ID_BYTES];
  uint32_t length; /* 0: none */
  uint32_t end;    /* FXAOT_NAME_… */
} fxaot_id;

/* Prices are doubles on or near the instrument's grid, and NaN where there is none. */
typedef struct fxaot_order_request {
  fxaot_id id; /* empty: the order has a number alone */
  uint64_t symbol_ref;
  uint64_t strategy_ref; /* 0: nobody's */
  uint32_t side, type, time_in_force, trigger;
  uint32_t reduce_only, post_only;
  int64_t quantity;
  double price;                    /* the limit of a limit order, else the trigger */
  double limit;                    /* of stop_limit and limit_if_touched */
  int64_t trail_steps, trail_step; /* 0: no trailing, every step */
  double trail_activation;
  int64_t expires_ns; /* FXAOT_GTD */
  double stop_loss, take_profit;
  fxaot_id oco, after; /* a group's name; another order's id */
} fxaot_order_request;

/* NaN or 0: stays as it is. */
typedef struct fxaot_order_change {
  int64_t quantity; /* in all, what is filled included */
  double price, limit, stop_loss, take_profit;
  int64_t trail_steps, expires_ns;
} fxaot_order_change;

/* What is wrong with a request that cannot be read (FXAOT_BAD_ORDER). */
typedef enum fxaot_order_fault {
  FXAOT_FAULT_NONE = 0,
  FXAOT_FAULT_ID = 1, /* empty where one is needed, a reserved one, or no such order */
  FXAOT_FAULT_SYMBOL = 2,
  FXAOT_FAULT_SIDE = 3,
  FXAOT_FAULT_TYPE = 4,
  FXAOT_FAULT_QUANTITY = 5,
  FXAOT_FAULT_PRICE = 6, /* missing, not wanted, or no price */
  FXAOT_FAULT_LIMIT = 7,
  FXAOT_FAULT_TRAIL = 8,
  FXAOT_FAULT_TIME_IN_FORCE = 9,
  FXAOT_FAULT_EXPIRES = 10,
  FXAOT_FAULT_STOP_LOSS = 11,
  FXAOT_FAULT_TAKE_PROFIT = 12,
  FXAOT_FAULT_AFTER = 13,
  FXAOT_FAULT_STATE = 14,    /* the order has ended */
  FXAOT_FAULT_TICKET = 15,   /* no such ticket, or not of the other side */
  FXAOT_FAULT_POSITION = 16, /* nothing to close */
  FXAOT_FAULT_CASH = 17,     /* more than may be withdrawn */
  FXAOT_FAULT_STRATEGY = 18
} fxaot_order_fault;

/* The answer to a request: FXAOT_BAD_ORDER with `fault`, or FXAOT_REJECTED with `reject`. */
typedef struct fxaot_order_answer {
  int64_t order_id;                 /* 0: no order */
  uint32_t state;                   /* fxaot_order_state */
  uint32_t reject, fault, is_known; /* 1: the id is an earlier order's, whose state this is */
  int64_t measured, bound;          /* of the refusal: see fxaot_reject */
} fxaot_order_answer;

/* An order as it is. */
typedef struct fxaot_order {
  int64_t order_id;
  fxaot_order_name name;
  uint8_t name_length, name_end;
  uint16_t reason; /* fxaot_cancel, or fxaot_reject */
  uint32_t state;
  uint64_t symbol_ref, strategy_ref;
  uint32_t side, type, time_in_force, reduce_only;
  int64_t quantity, filled;
  double price, limit, average_price; /* NaN: none */
  double stop_loss, take_profit;
  int64_t trail_steps, expires_ns, time_ns; /* of the last change */
  int64_t measured, bound;                  /* of a rejected order: see fxaot_reject */
} fxaot_order;

/* ---- gateway: a broker instead of the paper venue; see docs/gateways.md ---- */

enum { FXAOT_GATEWAY_NONE = 0, FXAOT_GATEWAY_DOWN = 1, FXAOT_GATEWAY_UP = 2 };
enum { FXAOT_REQUEST_SEND = 1, FXAOT_REQUEST_CANCEL = 2, FXAOT_REQUEST_REPLACE = 3 };

/* What a broker is to do. It waits in the engine until it is acknowledged. */
typedef struct fxaot_gateway_request {
  uint64_t sequence; /* 1, 2, 3 … without gaps */
  uint32_t kind;     /* FXAOT_REQUEST_… */
  uint32_t trigger, post_only, reserved;
  int64_t ticket; /* number of the order whose ticket it closes; 0: none */
  int64_t trail_step;
  double trail_activation; /* NaN: none */
  fxaot_order order;       /* as it is to be */
} fxaot_gateway_request;

typedef enum fxaot_report_kind {
  FXAOT_REPORT_ACCEPTED = 1,
  FXAOT_REPORT_TRIGGERED = 2,
  FXAOT_REPORT_FILL = 3, /* quantity, price, execution; in part or whole */
  FXAOT_REPORT_CANCELLED = 4,
  FXAOT_REPORT_REJECTED = 5,
  FXAOT_REPORT_EXPIRED = 6,
  FXAOT_REPORT_CANCEL_REJECTED = 7,
  FXAOT_REPORT_REPLACED = 8,
  FXAOT_REPORT_REPLACE_REJECTED = 9
} fxaot_report_kind;

typedef struct fxaot_report {
  fxaot_id id; /* the order's; empty: its number says which */
  int64_t order_id;
  uint32_t kind;           /* fxaot_report_kind */
  uint32_t has_commission; /* 0: the instrument's terms say the commission */
  int64_t quantity;
  double price;
  int64_t commission_micro;
  fxaot_id execution; /* unique for the order: the same one again is not booked */
} fxaot_report;

/* What a report was. */
enum {
  FXAOT_REPORT_TAKEN = 0,
  FXAOT_REPORT_DUPLICATE = 1,
  FXAOT_REPORT_LATE = 2, /* the order had ended; a fill is booked all the same */
  FXAOT_REPORT_OUT_OF_ORDER = 3,
  FXAOT_REPORT_UNKNOWN = 4 /* no such order */
};

typedef struct fxaot_gateway_stats {
  uint64_t requests, acknowledged; /* the newest numbers */
  uint64_t reports, fills, duplicates, late, out_of_order, unknown, overfills;
  uint32_t link; /* FXAOT_GATEWAY_… */
  uint32_t reserved;
} fxaot_gateway_stats;
FXAOT_STATIC_SIZE(fxaot_gateway_stats, 80);

/* A trade: a position or a ticket, in part or whole, closed by one fill. */
typedef struct fxaot_trade {
  uint64_t symbol_ref, strategy_ref;
  int64_t entry_order, exit_order;
  int64_t quantity; /* signed: the entry's side */
  double entry_price, exit_price;
  int64_t entry_ns, exit_ns;
  int64_t profit_micro, commission_micro;
} fxaot_trade;

enum { FXAOT_TIER_BUILT_IN = 0, FXAOT_TIER_VM = 1, FXAOT_TIER_NATIVE = 2 };

#define FXAOT_STRATEGY_REJECTS 16

/* Refused orders of a reason. */
typedef struct fxaot_reject_count {
  uint32_t code; /* fxaot_reject; 0: other reasons, where there is no room for more of them */
  uint32_t reserved;
  uint64_t count;
} fxaot_reject_count;
FXAOT_STATIC_SIZE(fxaot_reject_count, 16);

typedef struct fxaot_strategy_stats {
  uint64_t strategy_ref, symbol_ref;
  const char
      *strategy; /* the table's name; a script's title, valid until it is removed or replaced */
  fxaot_timeframe timeframe;
  uint64_t bars, signals, orders, fills, rejects;
  int64_t quantity;
  double average_price;
  int64_t realised_micro, unrealised_micro;
  const char
      *failure;     /* why a script has stopped, valid until it is removed or replaced; else NULL */
  uint32_t tier;    /* FXAOT_TIER_… */
  uint32_t version; /* 1, and one more with each swap */
  uint64_t native_steps; /* bars on which the attached native code has run */
  fxaot_reject_count rejected[FXAOT_STRATEGY_REJECTS]; /* the first count of 0 ends them */
  int64_t
      stale_since_ns; /* after a recovery without quotes: of the newest quote that it knows; else 0 */
} fxaot_strategy_stats;

/* ---- functions ---------------------------------------------------------- */

typedef struct fxaot_engine fxaot_engine;

uint32_t fxaot_abi_version(void);
const char *fxaot_status_name(int32_t status); /* static text */
/* CPU features that this build needs and this machine does not have, as static text; NULL: it can run.
 * Call before any other function: it alone uses no such instruction. */
const char *fxaot_missing_cpu_features(void);
/* A symbol's key in fxaot_quote: up to 8 bytes are the text itself. 0 for no valid symbol. */
uint64_t fxaot_symbol_key(const char *symbol, uint64_t length);

/* Adds a strategy to the process-wide registry; the table must stay valid. */
int32_t fxaot_strategy_register(const fxaot_strategy *table);
/* What a shared library exports under this name, for the key `strategies` of the Erlang application: its index-th table,
 * valid for the life of the process, or NULL past the end. */
#define FXAOT_LIBRARY_STRATEGY "fxaot_library_strategy"
#define FXAOT_LIBRARY_STRATEGIES 4096u
typedef const fxaot_strategy *(*fxaot_library_strategy_function)(uint64_t index);
/* The index-th registered strategy in order of registration, or NULL past the end. */
const fxaot_strategy *fxaot_strategy_at(uint64_t index);
const fxaot_strategy *fxaot_strategy_find(const char *name);
/* Fills out[param_count] from defaults and named values. On an error *bad_index is the
 * index of the offending value, or UINT64_MAX where the values do not go together. */
int32_t fxaot_strategy_params(const fxaot_strategy *table, const fxaot_param_value *values,
                              uint64_t count, double *out, uint64_t *bad_index);

int32_t fxaot_instrument_builtin(const char *symbol,
                                 fxaot_instrument *out); /* or FXAOT_NOT_FOUND */
const char *fxaot_instrument_builtin_at(uint64_t index); /* symbol, or NULL past the end */

void fxaot_config_default(fxaot_config *out);
int32_t fxaot_engine_new(const fxaot_config *config, fxaot_engine **out);
void fxaot_engine_free(fxaot_engine *engine); /* NULL is fine */

/* `ref` is the caller's name for the thing (an atom's word, an index; neither 0 nor UINT64_MAX);
 * events carry it. */
int32_t fxaot_engine_add_instrument(fxaot_engine *, const fxaot_instrument *, uint64_t ref);
int32_t fxaot_engine_add_strategy(fxaot_engine *, const fxaot_deployment *, uint64_t ref,
                                  uint64_t *bad_param);
/* The same for a script. Its orders are market orders of the engine, for as much as the script
 * says; the sizer and min_strength have no part in it. `error` may be NULL. */
int32_t fxaot_engine_add_script(fxaot_engine *, const fxaot_script *, uint64_t ref,
                                fxaot_engine_refusal *error);
int32_t fxaot_engine_remove_strategy(fxaot_engine *, uint64_t ref);

/* Moves instruments with everything that belongs to them (open bars, strategies and their state,
 * positions, waiting orders, realised profit) from one engine to another. Their events continue as
 * if they had stayed, under the other engine's numbering. On an error nothing moves. The caller
 * must own both engines. FXAOT_ALREADY_EXISTS if the other one has a symbol or id already. */
int32_t fxaot_engine_move(fxaot_engine *from, fxaot_engine *to, const uint64_t *symbol_refs,
                          uint64_t count);
/* The same after fxaot_engine_check_move, if only quotes have arrived since. The first quotes of a
 * conversion then do not refuse the move. FXAOT_OUT_OF_MEMORY is the only error. */
int32_t fxaot_engine_move_checked(fxaot_engine *from, fxaot_engine *to, const uint64_t *symbol_refs,
                                  uint64_t count);
/* Takes instruments out for good, with everything that belongs to them. On an error nothing changes. */
int32_t fxaot_engine_drop(fxaot_engine *, const uint64_t *symbol_refs, uint64_t count);
/* The result that fxaot_engine_move would have; changes nothing. */
int32_t fxaot_engine_check_move(fxaot_engine *from, fxaot_engine *to, const uint64_t *symbol_refs,
                                uint64_t count);

/* A time-stamp counter reading for `entry`, see fxaot_tick. */
static inline uint64_t fxaot_cycles(void) {
#if defined(__x86_64__)
  uint32_t low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return ((uint64_t)high << 32) | low;
#elif defined(__aarch64__)
  uint64_t ticks;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
#else
#error "fxaot needs a cycle counter for this processor"
#endif
}

/* Asks for a cache line that will be read soon; any address is fine. */
static inline void fxaot_prefetch(const void *address) { __builtin_prefetch(address); }

/* A quote from further ahead than max_time_jump_ns is dropped and counted: one stray quote must not
 * make the right ones late. After three in a row that lie within that span of each other the next
 * one that does so too is taken, with an alarm; and after an fxaot_advance to there.
 *
 * One quote. `entry` is 0, or fxaot_cycles() at the start of a call that is to be
 * timed. Returns the number of events it caused (≥ 0) or −status; a quote with
 * an error changes only a counter. */
int64_t fxaot_tick(fxaot_engine *, uint64_t symbol_ref, int64_t time_ns, double bid, double ask,
                   double bid_size, double ask_size, uint64_t entry);
/* Quotes from memory at any alignment. Bad ones are counted in the statistics
 * and skipped. Returns the number of events they caused. */
int64_t fxaot_ticks(fxaot_engine *, const void *quotes, uint64_t count);
/* Lets time pass without a quote: closes the bars that end at or before time_ns. */
int64_t fxaot_advance(fxaot_engine *, int64_t time_ns);
/* How long that would take, in positions and orders to look at, each for every night that it passes: about
 * 0.2 µs. Quick. */
int64_t fxaot_advance_work(const fxaot_engine *, int64_t time_ns);
/* 1: from now on the quotes are a replay's, which has the gaps of its files: quotes from further
 * ahead than max_time_jump_ns are taken, and counted as gaps. 0: live again. */
void fxaot_engine_set_replaying(fxaot_engine *, uint32_t is_replaying);

/* Events since the last fxaot_engine_clear_events; the pointer is valid until the next
 * call that takes this engine. */
const fxaot_event *fxaot_engine_events(const fxaot_engine *, uint64_t *count);
void fxaot_engine_clear_events(fxaot_engine *);

/* ---- traces: see docs/telemetry.md ---------------------------------------- */

/* An event of an order, or the signal that has caused the order of the next one. */
typedef struct fxaot_traced_event {
  fxaot_event event;
  int64_t at_ns; /* when it happened, by the system's monotonic clock */
} fxaot_traced_event;
FXAOT_STATIC_SIZE(fxaot_traced_event, 168);

enum { FXAOT_TRACED_STEPS = 8 };
/* A step's stage: FXAOT_STAGE_…, or the way from the call to the engine, in actor mode through its mailbox. */
enum { FXAOT_STAGE_ENTRY = FXAOT_STAGE_COUNT };

/* A timed quote with the times of its steps, in their order. */
typedef struct fxaot_traced_quote {
  int64_t time_ns;
  uint64_t symbol_ref;
  double bid, ask;
  int64_t at_ns;         /* when the engine was done, by the system's monotonic clock */
  uint64_t first, count; /* the first sequence number of its events, and how many they are */
  int32_t status;        /* why it was dropped, or FXAOT_OK */
  uint32_t step_count;
  uint8_t stages[FXAOT_TRACED_STEPS];
  double steps_ns[FXAOT_TRACED_STEPS];
} fxaot_traced_quote;
FXAOT_STATIC_SIZE(fxaot_traced_quote, 136);

typedef struct fxaot_trace {
  const fxaot_traced_event *events;
  uint64_t event_count;
  uint64_t missed; /* events that found no room; those that are here come before */
  const fxaot_traced_quote *quotes;
  uint64_t quote_count;
  int64_t now_ns; /* of the system's monotonic clock */
} fxaot_trace;

/* From now on the events of orders are kept for fxaot_engine_traced, and of the timed quotes about one in
 * `every_quote` of all; 0: none. Bounded: what finds no room is left out. Off: nothing is kept. FXAOT_OUT_OF_MEMORY
 * changes nothing. */
int32_t fxaot_engine_trace(fxaot_engine *, uint32_t is_on, uint64_t every_quote);
/* What has been kept since the last call of the second one; the pointers are valid until the next call that takes this
 * engine. */
void fxaot_engine_traced(fxaot_engine *, fxaot_trace *out);
void fxaot_engine_clear_traced(fxaot_engine *);

/* ---- trading: see docs/trading.md ----
 * Each fails with FXAOT_BAD_CONFIG (or FXAOT_BAD_INSTRUMENT) and changes nothing where a value is outside of
 * its range; set_account also with FXAOT_BUSY once there is an order or a position. */
void fxaot_account_terms_default(fxaot_account_terms *out);
int32_t fxaot_engine_set_account(fxaot_engine *, const fxaot_account_terms *);
int32_t fxaot_engine_set_risk(fxaot_engine *, const fxaot_risk *);
int32_t fxaot_engine_set_venue(fxaot_engine *, const fxaot_venue *);
int32_t fxaot_engine_set_terms(fxaot_engine *, uint64_t symbol_ref, const fxaot_terms *);
/* FXAOT_BUSY when the venue would change while there is an order or a position. */
int32_t fxaot_engine_set_gateway(fxaot_engine *, uint32_t link);
/* The requests after a number, oldest first: fills at most `capacity`, returns how many wait. Those up to the
 * number are acknowledged, and forgotten. */
uint64_t fxaot_engine_requests(fxaot_engine *, uint64_t acknowledged, fxaot_gateway_request *out,
                               uint64_t capacity);
/* FXAOT_BAD_CONFIG without a gateway, FXAOT_BAD_ARGUMENT, FXAOT_LIMIT for a fill that no order can have,
 * FXAOT_OUT_OF_MEMORY: these change nothing. `verdict` may be NULL. Its events wait as a quote's do. */
int32_t fxaot_engine_report(fxaot_engine *, const fxaot_report *, uint32_t *verdict);
void fxaot_engine_gateway(const fxaot_engine *, fxaot_gateway_stats *out);

/* The events of these wait as a quote's do. FXAOT_OK, FXAOT_BAD_ORDER, FXAOT_REJECTED,
 * FXAOT_UNKNOWN_SYMBOL, FXAOT_OUT_OF_MEMORY; `answer` may be NULL. A close sends one market order, or one for
 * each ticket; quantity 0: all. */
int32_t fxaot_engine_submit(fxaot_engine *, const fxaot_order_request *, fxaot_order_answer *);
int32_t fxaot_engine_modify(fxaot_engine *, const fxaot_id *, const fxaot_order_change *,
                            fxaot_order_answer *);
int32_t fxaot_engine_cancel(fxaot_engine *, const fxaot_id *, fxaot_order_answer *);
/* 0: any. Returns how many. Attached orders stay. */
uint64_t fxaot_engine_cancel_all(fxaot_engine *, uint64_t symbol_ref, uint64_t strategy_ref);
int32_t fxaot_engine_close_symbol(fxaot_engine *, uint64_t symbol_ref, int64_t quantity,
                                  fxaot_order_answer *);
int32_t fxaot_engine_close_ticket(fxaot_engine *, const fxaot_id *, int64_t quantity,
                                  fxaot_order_answer *);
int32_t fxaot_engine_close_by(fxaot_engine *, const fxaot_id *ticket, const fxaot_id *by,
                              fxaot_order_answer *);
/* A deposit, or a withdrawal of at most the free margin. */
int32_t fxaot_engine_cash(fxaot_engine *, int64_t amount_micro, fxaot_order_answer *);
/* Takes effect for the next order at once, from any thread, and also while another thread is in the engine.
 * fxaot_engine_apply_state then cancels what a halt cancels, and tells the events. */
void fxaot_engine_set_state(fxaot_engine *, uint32_t state);
int32_t fxaot_engine_apply_state(fxaot_engine *);
/* Trading ends: closes and liquidations that still wait fill at their instruments' last quotes, where these are
 * no older than max_quote_age_ns, or without that 5 s, by engine time. Returns how many positions are left. */
uint64_t fxaot_engine_fill_rest(fxaot_engine *);

/* FXAOT_NOT_FOUND. The second one finds live orders, also those without an id. */
int32_t fxaot_engine_order(const fxaot_engine *, const fxaot_id *, fxaot_order *out);
int32_t fxaot_engine_order_numbered(const fxaot_engine *, int64_t order_id, fxaot_order *out);
/* These fill at most `capacity` and return the full count: the orders that have not ended, oldest first;
 * the open tickets, oldest first; the closed trades from number `first` on. */
uint64_t fxaot_engine_orders(const fxaot_engine *, fxaot_order *out, uint64_t capacity);
uint64_t fxaot_engine_tickets(const fxaot_engine *, fxaot_ticket *out, uint64_t capacity);
uint64_t fxaot_engine_trades(const fxaot_engine *, uint64_t first, fxaot_trade *out,
                             uint64_t capacity);

void fxaot_engine_stats(const fxaot_engine *, fxaot_stats *out);
void fxaot_engine_latency(fxaot_engine *, fxaot_latency *out);
void fxaot_engine_account(const fxaot_engine *, fxaot_account *out);
/* These fill at most `capacity` and return the full count. */
uint64_t fxaot_engine_positions(const fxaot_engine *, fxaot_position *out, uint64_t capacity);
uint64_t fxaot_engine_strategies(const fxaot_engine *, fxaot_strategy_stats *out,
                                 uint64_t capacity);
/* Without the first `first` of them. Returns how many it has filled. */
uint64_t fxaot_engine_strategies_from(const fxaot_engine *, uint64_t first,
                                      fxaot_strategy_stats *out, uint64_t capacity);
/* The refs of the instruments, in the same way. */
uint64_t fxaot_engine_instruments(const fxaot_engine *, uint64_t *out, uint64_t capacity);
/* Their newest quotes, in the same way. */
uint64_t fxaot_engine_quotes(const fxaot_engine *, fxaot_instrument_quote *out, uint64_t capacity);
/* The newest bars that a strategy reads, oldest first, at most `capacity`: closed ones that the engine keeps, then the
 * one that forms. O(bars). FXAOT_NOT_FOUND. */
int32_t fxaot_engine_bars(const fxaot_engine *, uint64_t strategy_ref, fxaot_bar *out,
                          uint64_t capacity, fxaot_bar_run *run);

/* ---- journal: see docs/journal.md ---------------------------------------- */

enum {
  FXAOT_JOURNAL_NOTHING = 0,
  FXAOT_JOURNAL_ACCOUNT = 1, /* the account's items that have changed, and what there is */
  FXAOT_JOURNAL_INPUTS = 2   /* every input, quotes included */
};

/* The engine begins to record, or ends. FXAOT_BAD_ARGUMENT. Each input costs a copy of its bytes. */
int32_t fxaot_engine_start_journal(fxaot_engine *, uint32_t scope);
/* What has been recorded since the last call: records of a u32 length of the payload, a u8 type and the
 * payload. Returns their bytes; *out is given back with fxaot_bytes_free. *is_broken: records have been lost
 * since the last snapshot, which alone mends that. */
uint64_t fxaot_engine_take_journal(fxaot_engine *, void **out, uint32_t *is_broken);
void fxaot_bytes_free(void *bytes);
/* The journal takes no records: what is recorded until the next snapshot is void, and new orders are refused
 * (FXAOT_REJECT_JOURNAL_UNAVAILABLE) until then. */
void fxaot_engine_lose_journal(fxaot_engine *);
/* The name of a strategy's ref, NUL-terminated, before the strategy is added. */
void fxaot_engine_name(fxaot_engine *, uint64_t ref, const char *name);

/* Where a journal stands: its newest record, or, at the start of a segment, its header's hash. */
typedef struct fxaot_record_chain {
  uint64_t sequence, epoch;
  uint8_t hash[FXAOT_HASH_BYTES];
} fxaot_record_chain;
FXAOT_STATIC_SIZE(fxaot_record_chain, 48);

typedef struct fxaot_record {
  uint64_t sequence, epoch, offset; /* of the record's first byte */
  uint32_t length, type;            /* of the payload, which begins 21 bytes later */
} fxaot_record;
FXAOT_STATIC_SIZE(fxaot_record, 32);

enum {
  FXAOT_RECORD_SHORT = 1, /* the bytes end inside the record */
  FXAOT_RECORD_LENGTH = 2,
  FXAOT_RECORD_SUM = 3,
  FXAOT_RECORD_SEQUENCE = 4,
  FXAOT_RECORD_EPOCH = 5,
  FXAOT_RECORD_HASH = 6, /* it does not follow the record before */
  FXAOT_RECORD_TYPE = 7
};

typedef struct fxaot_records {
  uint64_t count, bytes;    /* whole records, and what they take */
  uint32_t fault, reserved; /* FXAOT_RECORD_… of what follows them; 0: none */
} fxaot_records;

/* A batch's records as those of a segment, in memory for fxaot_bytes_free. FXAOT_BAD_LENGTH for a batch that
 * is not whole. About 1 µs a record of 100 bytes. */
int32_t fxaot_records_frame(const void *batch, uint64_t count, fxaot_record_chain *chain,
                            void **out, uint64_t *length);
/* Reads whole records that follow the chain, as long as there is room for them. */
int32_t fxaot_records_read(const void *bytes, uint64_t count, fxaot_record_chain *chain,
                           fxaot_record *records, uint64_t capacity, fxaot_records *result);
/* 1 when a record of the same journal lies behind `offset`, where one does not follow: the damage is not at
 * the end. */
uint32_t fxaot_records_follow(const void *bytes, uint64_t count, uint64_t offset,
                              const fxaot_record_chain *chain);
uint32_t fxaot_crc32c(const void *bytes, uint64_t count);
void fxaot_sha256(const void *bytes, uint64_t count, uint8_t hash[FXAOT_HASH_BYTES]);

/* The refs that a journal's records use, in this process: an opaque table for one recovery. */
typedef struct fxaot_refs fxaot_refs;
fxaot_refs *fxaot_refs_new(void);
void fxaot_refs_free(fxaot_refs *);
/* Makes this process's ref of a name; 0: it cannot. */
typedef uint64_t (*fxaot_ref_maker)(void *context, const void *name, uint64_t length);
/* A snapshot, while the engine waits: its bytes are put together when they are asked for, by any thread and once;
 * that frees it. From then on the engine's journal has no gap. Programs and parameters, bars, states, account, orders
 * and books are in it. NULL: out of memory. */
typedef struct fxaot_snapshot fxaot_snapshot;
fxaot_snapshot *fxaot_engine_capture(fxaot_engine *);
uint64_t fxaot_snapshot_bytes(fxaot_snapshot *, void **out);
/* An engine that goes on as the captured one did; without a maker the snapshot is of this process, and the refs are as they
 * were. Scripts run on the VM. FXAOT_BAD_RECORD with a sentence for bytes
 * that are no snapshot; FXAOT_UNKNOWN_STRATEGY where a C strategy is not registered; else as deploying its strategies. */
int32_t fxaot_engine_load(const void *bytes, uint64_t count, fxaot_refs *, fxaot_ref_maker maker,
                          void *context, fxaot_engine **out, fxaot_engine_refusal *error);
/* Carries out a record of any type: those that concern no engine do nothing. FXAOT_BAD_RECORD with a sentence; then
 * the engine is no longer what the journal tells. It must not record meanwhile. */
int32_t fxaot_engine_apply(fxaot_engine *, fxaot_refs *, uint32_t type, const void *payload,
                           uint64_t length, fxaot_ref_maker maker, void *context,
                           fxaot_engine_refusal *error);

/* After the last record of a recovery without quotes: strategies are stale from their newest quote on. */
void fxaot_engine_mark_stale(fxaot_engine *);
/* Runs bars and strategies on quotes of the past, in the order of their times and in as many calls as it takes: without
 * signals, orders, fills and events. What the bars have had already is skipped. A strategy is no longer stale once the
 * quotes reach the account's newest time. Only before the engine takes quotes. O(count). FXAOT_BAD_ARGUMENT. */
int32_t fxaot_engine_warm(fxaot_engine *, const fxaot_quote *, uint64_t count);

/* ---- FIX ------------------------------------------------------------------- */

#define FXAOT_FIX_TAGS 1024u /* known tags are below */
#define FXAOT_FIX_USER \
  5000u /* tags from here on are the users': a message with one is not read here */
#define FXAOT_FIX_MESSAGES 64u
#define FXAOT_FIX_GROUPS 64u
#define FXAOT_FIX_MAX_FIELDS 4096u /* of a message, skipped ones too */
#define FXAOT_FIX_MAX_ENTRIES 65536u
#define FXAOT_FIX_MAX_BODY 65536u
#define FXAOT_FIX_MAX_BYTES 65565u /* with what is around the body */

/* Kinds of fields. OTHER: a message with it is not read here. */
enum {
  FXAOT_FIX_UNKNOWN = 0,
  FXAOT_FIX_INT = 1,
  FXAOT_FIX_NUMBER = 2,
  FXAOT_FIX_CHAR = 3,
  FXAOT_FIX_STRING = 4,
  FXAOT_FIX_BOOLEAN = 5,
  FXAOT_FIX_TIMESTAMP = 6,
  FXAOT_FIX_DATE = 7,
  FXAOT_FIX_TIME = 8,
  FXAOT_FIX_CODE = 9,
  FXAOT_FIX_OTHER = 10,
  FXAOT_FIX_COUNT = 11 /* of a group's entries */
};
/* Forms of values: a text is in the message's bytes, or at a pointer. A GROUP has `whole' entries, in the `length' elements behind it. Each is
 * an ENTRY, whose fields are the `length' elements behind that. */
enum {
  FXAOT_FIX_TEXT = 0,
  FXAOT_FIX_WHOLE = 1,
  FXAOT_FIX_REAL = 2,
  FXAOT_FIX_TRUE = 3,
  FXAOT_FIX_FALSE = 4,
  FXAOT_FIX_GROUP = 5,
  FXAOT_FIX_ENTRY = 6
};

/* A group of a message: the tag of its count, and of the first field of each entry. */
typedef struct fxaot_fix_group {
  uint32_t message, tag, first, reserved;
} fxaot_fix_group;
FXAOT_STATIC_SIZE(fxaot_fix_group, 16);

/* What the data dictionary says. A set of tags has FXAOT_FIX_TAGS bits. */
typedef struct fxaot_fix_rules {
  const uint8_t *kinds;  /* of each tag */
  const uint64_t *codes; /* of each tag two words: the bytes below 128 that a code may be */
  const uint16_t *types; /* of each message: its type's first byte, and 256 × the second */
  const uint64_t *members, *required; /* of each message a set, with its header's tags */
  const uint64_t
      *known; /* of each message a set: members, and those of its groups; others are skipped */
  const uint64_t *header; /* a set */
  const fxaot_fix_group *groups;
  const uint64_t *group_members, *group_required; /* of each group's entries a set */
  uint64_t message_count, group_count;
} fxaot_fix_rules;

typedef struct fxaot_fix_field {
  uint32_t tag, form;
  uint32_t offset, length; /* of a text, from the message's first byte; see FXAOT_FIX_GROUP */
  int64_t whole;
  double real;
} fxaot_fix_field;
FXAOT_STATIC_SIZE(fxaot_fix_field, 32);

typedef struct fxaot_fix_message {
  uint64_t bytes;   /* its length */
  uint32_t message; /* its place in the rules */
  uint32_t field_count;
} fxaot_fix_message;

/* Reads the message that the bytes begin with, at most FXAOT_FIX_MAX_BYTES. FXAOT_NOT_FOUND: it is not whole, has a fault,
 * data, a field of a user, a group in a group, or more fields than the capacity. Any thread. */
int32_t fxaot_fix_read(const fxaot_fix_rules *, const uint8_t *bytes, uint64_t count,
                       uint64_t most_body, fxaot_fix_field *fields, uint64_t capacity,
                       fxaot_fix_message *out);

/* A field that is to be written. A GROUP has `whole' entries; their fields follow. */
typedef struct fxaot_fix_value {
  uint32_t tag, form;
  const uint8_t *text; /* of a TEXT */
  uint64_t length;
  int64_t whole;
  double real;
} fxaot_fix_value;
FXAOT_STATIC_SIZE(fxaot_fix_value, 40);

/* Where a written message stands. */
typedef struct fxaot_fix_span {
  uint64_t start, count;
} fxaot_fix_span;

/* Writes a message, named by its place in the rules, with its fields in their order, somewhere into the bytes. Which fields a
 * message must have, and in which order, the caller knows. FXAOT_NOT_FOUND: a value is not of its field's kind, a field has
 * data, or the bytes are too few. Any thread. */
int32_t fxaot_fix_write(const fxaot_fix_rules *, uint64_t message, const fxaot_fix_value *values,
                        uint64_t count, uint8_t *bytes, uint64_t capacity, fxaot_fix_span *out);

/* ---- native code and reloads --------------------------------------------- */

/* Code of an artifact. Whoever uses it keeps it; it is unloaded when the last one has let go. */
typedef struct fxaot_native_code fxaot_native_code;

typedef struct fxaot_native_info {
  uint8_t plan[FXAOT_HASH_BYTES];
  const char *cpu, *compiler, *path; /* of its manifest; valid until fxaot_native_free */
} fxaot_native_info;

/* The variant for this processor of the artifact with that manifest. Manifest, variant and their
 * folder must be the process's user's or root's and writable by nobody else; the bytes must have
 * the manifest's hash. FXAOT_BAD_ARTIFACT. `error` may be NULL, here as below. */
int32_t fxaot_native_load(const char *manifest, fxaot_native_code **out,
                          fxaot_engine_refusal *error);
/* Engines that use it keep it. */
void fxaot_native_free(fxaot_native_code *);
void fxaot_native_read_info(const fxaot_native_code *, fxaot_native_info *out);

/* A plan, from which native code is printed: its bytes and their SHA-256. */
typedef struct fxaot_plan {
  uint8_t hash[FXAOT_HASH_BYTES];
  void *bytes; /* to be given back with fxaot_plan_free */
  uint64_t length;
} fxaot_plan;

/* Of a script on an instrument, before any engine runs it; its symbol_ref and price play no part. As
 * fxaot_engine_add_script, and FXAOT_BAD_INSTRUMENT; FXAOT_BAD_SCRIPT too where the script reads other
 * instruments. */
int32_t fxaot_script_plan(const fxaot_script *, const fxaot_instrument *, fxaot_plan *out,
                          fxaot_engine_refusal *error);
/* Of a running script: FXAOT_NOT_FOUND, FXAOT_BAD_SCRIPT if the ref is not a script's. */
int32_t fxaot_engine_script_plan(const fxaot_engine *, uint64_t ref, fxaot_plan *out,
                                 fxaot_engine_refusal *error);
void fxaot_plan_free(fxaot_plan *);

/* A running script's next bars are the native code's, or the VM's again; its events stay the same.
 * FXAOT_NOT_FOUND, FXAOT_BAD_SCRIPT, and FXAOT_BAD_ARTIFACT for code of another plan. */
int32_t fxaot_engine_attach_native(fxaot_engine *, uint64_t ref, const fxaot_native_code *,
                                   fxaot_engine_refusal *error);
int32_t fxaot_engine_detach_native(fxaot_engine *, uint64_t ref, fxaot_engine_refusal *error);

/* A reload replaces a running version by another one (another program, other parameters, another
 * table). The strategy keeps its ref, its position, its waiting orders and its book:
 *
 *     fxaot_engine_reload_basis   the engine's thread: a copy of the data that the new version starts from
 *     fxaot_prepare_…             any thread, slow: builds it, runs it on the kept bars
 *     fxaot_engine_swap           the engine's thread, between two quotes
 *
 * Scripts are replaced by scripts, tables by tables; instrument and price stay. */
typedef struct fxaot_basis fxaot_basis;       /* never changes; any thread may read it */
typedef struct fxaot_prepared fxaot_prepared; /* one thread at a time */

/* `timeframe` is the new version's. FXAOT_NOT_FOUND, FXAOT_BAD_TIMEFRAME, FXAOT_BAD_RELOAD. */
int32_t fxaot_engine_reload_basis(const fxaot_engine *, uint64_t ref, fxaot_timeframe timeframe,
                                  uint32_t price, fxaot_basis **out, fxaot_engine_refusal *error);
void fxaot_basis_free(fxaot_basis *);
uint32_t fxaot_basis_is_script(const fxaot_basis *);

/* Fail as fxaot_engine_add_script and fxaot_engine_add_strategy do, with FXAOT_BAD_SCRIPT too if
 * it stops on a kept bar. Symbol, timeframe and price are the basis's; the struct's are ignored. */
int32_t fxaot_prepare_script(const fxaot_basis *, const fxaot_script *, fxaot_prepared **out,
                             fxaot_engine_refusal *error);
int32_t fxaot_prepare_strategy(const fxaot_basis *, const fxaot_deployment *, fxaot_prepared **out,
                               fxaot_engine_refusal *error);
/* After a swap it holds the replaced version. */
void fxaot_prepared_free(fxaot_prepared *);
int32_t fxaot_prepared_script_plan(const fxaot_prepared *, fxaot_plan *out,
                                   fxaot_engine_refusal *error);
int32_t fxaot_prepared_attach_native(fxaot_prepared *, const fxaot_native_code *,
                                     fxaot_engine_refusal *error);

/* How many bars a swap would have to run the new version on, since they have closed meanwhile. */
uint64_t fxaot_engine_swap_bars(const fxaot_engine *, uint64_t ref, const fxaot_prepared *);
/* Those bars, then the exchange. On an error the running version runs on: FXAOT_NOT_FOUND,
 * FXAOT_STALE, FXAOT_BAD_SCRIPT when it stops on such a bar, FXAOT_LIMIT, FXAOT_OUT_OF_MEMORY. */
int32_t fxaot_engine_swap(fxaot_engine *, uint64_t ref, fxaot_prepared *,
                          fxaot_engine_refusal *error);

enum {
  FXAOT_INPUT_ADDED = 1,
  FXAOT_INPUT_REMOVED = 2,
  FXAOT_INPUT_CHANGED = 3, /* its default or its value */
  FXAOT_OUTPUT_ADDED = 4,  /* plots */
  FXAOT_OUTPUT_REMOVED = 5
};

typedef struct fxaot_value {
  uint32_t kind; /* FXAOT_NUMBER …; FXAOT_NO_VALUE */
  uint32_t reserved;
  double number;
  const char *text; /* FXAOT_TEXT; else NULL */
} fxaot_value;
#define FXAOT_NO_VALUE 3u

/* One difference between the running version and the new one. Texts are good until
 * fxaot_prepared_free. */
typedef struct fxaot_change {
  const char *name;
  uint32_t what; /* FXAOT_INPUT_ADDED … */
  uint32_t reserved;
  fxaot_value old_default, old_value, new_default, new_value;
} fxaot_change;

typedef struct fxaot_reload {
  uint64_t warm_bars; /* of feed 0, those of the swap included */
  uint64_t changes;   /* how many fxaot_prepared_changes lists */
  uint32_t version;   /* after the swap; 0 before it */
  uint32_t reserved;
} fxaot_reload;

void fxaot_prepared_read_reload(const fxaot_prepared *, fxaot_reload *out);
/* Returns the full count and fills at most `capacity`. */
uint64_t fxaot_prepared_changes(const fxaot_prepared *, fxaot_change *out, uint64_t capacity);

/* ---- actors: engines on threads of their own ------------------------------ */

enum { FXAOT_WAIT_PARK = 0, FXAOT_WAIT_YIELD = 1, FXAOT_WAIT_SPIN = 2 };
enum { FXAOT_REFUSE = 0, FXAOT_DROP_OLDEST = 1 };

#define FXAOT_MAX_BUDGET 256u

/* Gets the events of each turn, on the actor's thread; must not block. The events are valid during
 * the call. */
typedef void (*fxaot_sink)(void *context, const fxaot_event *events, uint64_t count);
/* Called on the actor's thread after each turn, and when it has stopped: its mailbox has room. */
typedef void (*fxaot_bell)(void *context);

typedef struct fxaot_actor_config {
  uint64_t capacity; /* quotes that may wait; rounded up to a power of two */
  uint64_t events;   /* events that may wait for fxaot_actor_pull; the same */
  uint32_t overflow; /* FXAOT_REFUSE or FXAOT_DROP_OLDEST */
  uint32_t waiting;  /* FXAOT_WAIT_… */
  uint32_t budget;   /* quotes a turn, 1 … FXAOT_MAX_BUDGET; the sink is called after each turn */
  int32_t processor; /* to stay on; −1: any */
  fxaot_sink sink;   /* or NULL */
  fxaot_bell bell;   /* or NULL */
  void *context;
} fxaot_actor_config;

typedef struct fxaot_actor_stats {
  uint64_t capacity;
  uint64_t pushed, handled;          /* quotes accepted, and quotes handled by the engine */
  uint64_t refused;                  /* found no room */
  uint64_t dropped;                  /* made room for newer ones */
  uint64_t high_water;               /* the most that ever waited */
  uint64_t events, pulled, unpulled; /* events offered to fxaot_actor_pull and taken; no room */
  uint64_t rounds, sleeps;           /* of the thread */
  int32_t pinning;                   /* 0: as requested; else the system's error */
  uint32_t stopped;                  /* 1: accepts no quotes */
} fxaot_actor_stats;

typedef struct fxaot_actor fxaot_actor;

void fxaot_actor_config_default(fxaot_actor_config *out);
/* Starts a thread that owns the engine from now on. Other functions may take that engine only after
 * fxaot_actor_stop, or between fxaot_actor_pause and fxaot_actor_resume. Drops the events that the
 * engine still has. FXAOT_BAD_CONFIG, FXAOT_OUT_OF_MEMORY, FXAOT_THREAD. */
int32_t fxaot_actor_new(fxaot_engine *, const fxaot_actor_config *, fxaot_actor **out);
/* Stops it if it still runs. The engine stays, and is the caller's. No thread may send any more. */
void fxaot_actor_free(fxaot_actor *);

/* From any thread: FXAOT_OK, FXAOT_FULL, FXAOT_STOPPED. The order per thread is kept. The engine
 * counts a quote's faults when it gets there. */
int32_t fxaot_actor_send(fxaot_actor *, uint64_t symbol_ref, const fxaot_quote *, uint64_t entry);
/* Records at any alignment, in order; `accepted` says how many before the first that did not fit. */
int32_t fxaot_actor_send_batch(fxaot_actor *, const void *quotes, uint64_t count,
                               uint64_t *accepted);
/* The same, waiting for room and never pushing out an older quote; blocks. */
int32_t fxaot_actor_send_batch_waiting(fxaot_actor *, const void *quotes, uint64_t count,
                                       int64_t wait_ns, uint64_t *accepted);
/* The same with quotes that are marked as a replay's, see fxaot_engine_set_replaying. */
int32_t fxaot_actor_replay(fxaot_actor *, const void *quotes, uint64_t count, int64_t wait_ns,
                           uint64_t *accepted);
/* Lets time pass as fxaot_advance does, in its turn among the quotes. */
int32_t fxaot_actor_advance(fxaot_actor *, int64_t time_ns);
/* From any thread: fills out[capacity] with events that wait, oldest first; FXAOT_BUSY while
 * another thread pulls. */
int32_t fxaot_actor_pull(fxaot_actor *, fxaot_event *out, uint64_t capacity, uint64_t *count);
void fxaot_actor_read_stats(const fxaot_actor *, fxaot_actor_stats *out);

/* One thread at a time, not the actor's own; all three block until the accepted quotes have
 * been handled. After pause the engine is the caller's until resume. Stopping twice is fine. */
void fxaot_actor_pause(fxaot_actor *);
void fxaot_actor_resume(fxaot_actor *);
void fxaot_actor_stop(fxaot_actor *);
/* Between pause and resume: gives the events that the engine has to the sink, on the caller's thread, and to
 * fxaot_actor_pull, as the end of a turn does. */
void fxaot_actor_publish(fxaot_actor *);
/* From any thread, without waiting: the actor accepts no more quotes, handles the waiting ones and ends.
 * With `discard` 1 it drops the waiting ones. fxaot_actor_stop must still follow. */
void fxaot_actor_begin_stop(fxaot_actor *, uint32_t discard);
uint32_t fxaot_actor_has_ended(const fxaot_actor *); /* 1: its thread has ended */

/* ---- routers: which actor has which instrument ---------------------------- */

typedef struct fxaot_route {
  uint64_t symbol;     /* fxaot_symbol_key() */
  uint64_t symbol_ref; /* the ref the instrument was added with */
  fxaot_actor *actor;  /* must outlive the router, or its next fxaot_router_set */
} fxaot_route;

typedef struct fxaot_router fxaot_router;

int32_t fxaot_router_new(fxaot_router **out);
void fxaot_router_free(fxaot_router *); /* no thread may send any more */
/* Replaces all routes, and waits for the senders that still use the old ones: when it returns, their
 * quotes are in the mailboxes. Short: a sender holds a route for the time of one push.
 * FXAOT_ALREADY_EXISTS for a symbol or ref that is listed twice. */
int32_t fxaot_router_set(fxaot_router *, const fxaot_route *, uint64_t count);
/* From any thread, as the functions of an actor. A quote without a route is counted:
 * FXAOT_UNKNOWN_SYMBOL; in a batch it is skipped. */
int32_t fxaot_router_send(fxaot_router *, uint64_t symbol_ref, const fxaot_quote *, uint64_t entry);
int32_t fxaot_router_send_batch(fxaot_router *, const void *quotes, uint64_t count,
                                uint64_t *accepted);
/* The same with a replay's quotes. */
int32_t fxaot_router_replay(fxaot_router *, const void *quotes, uint64_t count, uint64_t *accepted);
uint64_t fxaot_router_unknown(const fxaot_router *); /* quotes without a route so far */

/* ---- zip files: their tables of contents -------------------------------- */

enum {
  FXAOT_ZIP_WHOLE = 0,
  FXAOT_ZIP_NO_DIRECTORY = 1, /* cut off, or not a zip file */
  FXAOT_ZIP_BAD_DIRECTORY = 2,
  FXAOT_ZIP_ZIP64 = 3, /* a zip64 directory */
  FXAOT_ZIP_ENCRYPTED = 4,
  FXAOT_ZIP_METHOD = 5,     /* neither stored nor deflated */
  FXAOT_ZIP_BAD_MEMBER = 6, /* its data is outside of the file */
  FXAOT_ZIP_TOO_LONG = 7,   /* claims to hold more than 4 GiB */
  FXAOT_ZIP_SIZE = 8,       /* holds another number of bytes than it claims */
  FXAOT_ZIP_CHECKSUM = 9
};

/* The last bytes of a file, in which its end record is. */
#define FXAOT_ZIP_TAIL_BYTES 65557
/* Of a member's header. */
#define FXAOT_ZIP_HEADER_BYTES 30

typedef struct fxaot_zip_place {
  uint64_t offset, bytes, count; /* of the directory, at most 64 MiB; its members */
} fxaot_zip_place;

typedef struct fxaot_zip_member {
  uint64_t packed, size, offset; /* bytes in the file and unpacked; where its header is */
  uint64_t name;                 /* where the name is in the directory */
  uint32_t name_bytes, method;   /* 0: stored, 8: deflated */
  uint32_t crc, reserved;
} fxaot_zip_member;
FXAOT_STATIC_SIZE(fxaot_zip_member, 48);

/* FXAOT_ZIP_…. `tail`: the last FXAOT_ZIP_TAIL_BYTES of the file, or all of a shorter one. */
uint32_t fxaot_zip_find(const void *tail, uint64_t bytes, uint64_t file_bytes,
                        fxaot_zip_place *out);
/* The members that are no folders, in the order of their names: fills out[place->count], and says how many they
 * are. Of a fault of a member out[0] is that member. */
uint32_t fxaot_zip_members(const void *directory, const fxaot_zip_place *place,
                           fxaot_zip_member *out, uint64_t *count);
/* Where a member's packed bytes begin, all of which are in the file; `header`: the FXAOT_ZIP_HEADER_BYTES at its
 * offset. */
uint32_t fxaot_zip_start(const fxaot_zip_member *, const void *header, uint64_t bytes,
                         uint64_t file_bytes, uint64_t *start);
/* Whether what was unpacked is what the directory says. */
uint32_t fxaot_zip_check(const fxaot_zip_member *, uint64_t size, uint32_t crc);

/* ---- quote files -------------------------------------------------------- */

/* The built-in symbol that is a word of a file's names, one a line; 0 when there is none, else its length. */
uint64_t fxaot_symbol_in_names(const char *names, uint64_t length, char *out, uint64_t capacity);
/* The day, as nanoseconds since 1970, that the first eight digits of a name are as YYYYMMDD; −1: none. */
int64_t fxaot_day_in_name(const char *name, uint64_t length);

enum {
  FXAOT_FORMAT_UNKNOWN = 0,
  FXAOT_FORMAT_LEAN = 1,     /* ms_since_midnight,bid,ask[,…]; the day is in the file's name */
  FXAOT_FORMAT_TRUEFX = 2,   /* timestamp,bid,ask with ISO 8601 times, header optional */
  FXAOT_FORMAT_HISTDATA = 3, /* YYYYMMDD HHMMSSmmm,bid,ask,volume in EST without daylight saving */
  FXAOT_FORMAT_BARS = 4,     /* timestamp,open,high,low,close[,volume]; ISO 8601 or ms */
  FXAOT_FORMAT_QUOTES = 5,   /* time_ns,bid,ask,bid_size,ask_size: as `fxaot simulate` writes */
  FXAOT_FORMAT_COLUMNS = 6   /* any other table: its columns are in fxaot_layout */
};

/* The content of a table's column. */
enum {
  FXAOT_COLUMN_OTHER = 0, /* not read */
  FXAOT_COLUMN_TIME = 1,  /* a whole time stamp, or a day alone */
  FXAOT_COLUMN_DATE = 2,  /* a day, with the time of the day in FXAOT_COLUMN_CLOCK */
  FXAOT_COLUMN_CLOCK = 3,
  FXAOT_COLUMN_OPEN = 4,
  FXAOT_COLUMN_HIGH = 5,
  FXAOT_COLUMN_LOW = 6,
  FXAOT_COLUMN_CLOSE = 7,
  FXAOT_COLUMN_VOLUME = 8,
  FXAOT_COLUMN_BID = 9,
  FXAOT_COLUMN_ASK = 10,
  FXAOT_COLUMN_BID_SIZE = 11,
  FXAOT_COLUMN_ASK_SIZE = 12,
  FXAOT_COLUMN_SYMBOL = 13,
  FXAOT_COLUMN_PRICE = 14 /* one price for both sides */
};
#define FXAOT_COLUMN_KINDS 15
#define FXAOT_COLUMNS_MAX 64
#define FXAOT_ZONE_BYTES 40

/* The columns of one text. fxaot_sniff_text() finds it; all zeros where only `format` is set. */
typedef struct fxaot_layout {
  uint8_t is_bars;        /* a row is a bar, which makes four quotes; else a quote */
  uint8_t columns;        /* in a row; 0: no layout */
  uint8_t delimiter;      /* the byte between two columns */
  uint8_t decimal;        /* '.' or ',' */
  uint8_t grouping;       /* between thousands; 0 if there is no such byte */
  uint8_t date_order;     /* of 03/04/2024: 1 day first, 2 month first, 0 such dates are bad */
  uint8_t since_midnight; /* times are milliseconds since day_ns */
  uint8_t carries;        /* a blank bid or ask is the one before (MetaTrader 5) */
  uint32_t header_lines;  /* lines before the first row */
  uint8_t roles[FXAOT_COLUMNS_MAX]; /* FXAOT_COLUMN_* of each column */
  char zone[FXAOT_ZONE_BYTES];      /* of times that name none; empty: UTC */
  uint64_t symbol; /* rows of other symbols are left out and counted; 0: all are read */
} fxaot_layout;

/* Why a line is a bad one. */
enum {
  FXAOT_LINE_OTHER = 0,   /* not as the format has it */
  FXAOT_LINE_COLUMNS = 1, /* fewer or more columns than the others */
  FXAOT_LINE_TIME = 2,    /* no time */
  FXAOT_LINE_RANGE = 3,   /* a time outside earliest_ns … latest_ns */
  FXAOT_LINE_NUMBER = 4,  /* a price that is not a number */
  FXAOT_LINE_PRICE = 5,   /* a price that is not above zero */
  FXAOT_LINE_LEVEL = 6,   /* a price more than ten times away from its neighbours' median */
  FXAOT_LINE_BAR = 7,     /* open or close outside low … high */
  FXAOT_LINE_SIZE = 8     /* a volume that is negative or no number */
};

#define FXAOT_BAD_LINES_KEPT 8
#define FXAOT_BAD_TEXTS_KEPT 3
#define FXAOT_BAD_TEXT_BYTES 96
#define FXAOT_NEIGHBOURS 8

/* Parses a text in pieces. Zero it; fxaot_sniff_text() sets format, layout and bar_ns; set day_ns
 * (LEAN), symbol, bad_line_limit and the bounds of time; then call fxaot_parse_quotes until all
 * bytes are consumed. */
typedef struct fxaot_parser {
  uint32_t format;
  uint32_t final; /* 1: no more bytes follow, a last line needs no newline */
  int64_t day_ns; /* LEAN: midnight UTC of the file's day */
  int64_t bar_ns; /* length of a bar; 0 in BARS: the step from the first bar's line to the
                              * next line, a minute if that is not a later bar; set by the parser */
  uint64_t symbol;
  uint64_t bad_line_limit;                         /* more bad lines than this is an error */
  uint64_t lines, bad_lines;                       /* so far; a header is not a bad line */
  uint64_t bad_line_numbers[FXAOT_BAD_LINES_KEPT]; /* the first ones, from 1 */
  uint64_t consumed, written;                      /* by the last call: bytes, records */
  fxaot_layout layout;
  int64_t earliest_ns, latest_ns; /* rows outside are bad lines; latest_ns 0: no bounds */
  uint64_t rows;                  /* good rows so far */
  uint64_t unordered;             /* rows older than the one before, and the first one's line */
  uint64_t first_unordered;
  uint64_t other_symbols; /* rows left out for their symbol, and the first one's line */
  uint64_t first_other_symbol;
  uint8_t bad_reasons[FXAOT_BAD_LINES_KEPT]; /* FXAOT_LINE_* */
  char bad_texts[FXAOT_BAD_TEXTS_KEPT]
                [FXAOT_BAD_TEXT_BYTES]; /* the first bad lines, cut, with a 0 */
  /* The parser's own memory from one piece to the next. */
  int64_t last_time_ns;
  int64_t span_from, span_until, span_offset;
  double carried_bid, carried_ask;
  double neighbours[FXAOT_NEIGHBOURS];
  uint64_t neighbour_count;
} fxaot_parser;

/* The format of a text by its first lines; FXAOT_FORMAT_UNKNOWN if none fits. */
uint32_t fxaot_detect_format(const void *bytes, uint64_t length);
/* Detects a text's format from its beginning (64 KiB or more) and from the names of its member and file
 * (one a line). `zone` is the zone of times without one; empty or null: HistData's own for HistData,
 * else UTC. `is_whole`: nothing follows the beginning. Sets format, layout and bar_ns of the parser, and
 * writes a sentence to text[capacity] (UTF-8, cut, with a 0) that says how the columns are read, or why
 * the text is refused. FXAOT_OK, FXAOT_BAD_FORMAT, or FXAOT_BAD_ARGUMENT for an unknown zone. */
int32_t fxaot_sniff_text(fxaot_parser *, const void *bytes, uint64_t length, int32_t is_whole,
                         const char *names, const char *zone, char *text, uint64_t capacity);
/* Reads whole lines from bytes into out[capacity]; sets consumed and written. A piece that ends
 * inside a line leaves that line unconsumed until the rest follows or `final` is set; so does a
 * price that is judged by lines that are not there yet. A line of bars makes four quotes, so its
 * capacity must be 4 or more. */
int32_t fxaot_parse_quotes(fxaot_parser *, const void *bytes, uint64_t length, void *out,
                           uint64_t capacity);

/* ---- rows in the order of time ------------------------------------------- */

typedef struct fxaot_sorter fxaot_sorter; /* one thread at a time */

/* Puts rows of `width` quotes each (4 for a bar, else 1) in the order of their first quotes' times;
 * rows of one time keep theirs. FXAOT_BAD_ARGUMENT, FXAOT_OUT_OF_MEMORY. */
int32_t fxaot_sorter_new(uint32_t width, fxaot_sorter **out);
void fxaot_sorter_free(fxaot_sorter *);
/* Adds whole rows. All are kept until fxaot_sorter_finish while they fit into 256 MiB, beyond that
 * the newest 100,000: then a row older than one given out is FXAOT_TIME_BACKWARDS. */
int32_t fxaot_sorter_add(fxaot_sorter *, const void *quotes, uint64_t count);
void fxaot_sorter_finish(fxaot_sorter *); /* no row follows */
/* Moves up to `capacity` quotes, whole rows, to `out` and returns how many; 0: more must be added,
 * or all are out. */
uint64_t fxaot_sorter_take(fxaot_sorter *, void *out, uint64_t capacity);
/* Rows that were older than the one before. */
uint64_t fxaot_sorter_unordered(const fxaot_sorter *);

/* ---- simulated market --------------------------------------------------- */

/* Random, deterministic by seed, equal on every machine. Fields of 0 take the default. */
typedef struct fxaot_market_config {
  uint64_t seed;
  uint64_t symbol;
  int64_t start_ns;         /* default 2024-01-01 */
  double price;             /* first mid; default 1.1 */
  double annual_volatility; /* default 0.08 */
  double quotes_per_day;    /* mean; default 100,000 */
  double spread_steps;      /* median; default 2 */
  uint32_t price_decimals;  /* default 5 */
  uint32_t reserved;
} fxaot_market_config;

typedef struct fxaot_market fxaot_market;
int32_t fxaot_market_new(const fxaot_market_config *config, fxaot_market **out);
void fxaot_market_free(fxaot_market *market);
/* Writes up to capacity quotes with times before end_ns; returns how many (0: end reached). */
uint64_t fxaot_market_next(fxaot_market *, int64_t end_ns, void *out, uint64_t capacity);

#ifdef __cplusplus
}
#endif
#endif
