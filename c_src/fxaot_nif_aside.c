/* Long jobs of destructors, on a thread of their own. */
#include "fxaot_nif.h"

#include <stdlib.h>
#include <time.h>

/* How long the end of the VM waits for the job at hand. */
#define EXIT_WAIT_MS 2000

typedef struct job {
  fxaot_job *run;
  void *argument;
  struct job *next;
} job;

static struct {
  ErlNifMutex *lock;
  ErlNifCond *came;
  job *first, **last;
  _Atomic bool ends, is_idle;
} queue;

static void *work(void *nothing) {
  (void)nothing;
  enif_mutex_lock(queue.lock);
  while (!queue.ends) {
    job *next = queue.first;
    if (!next) {
      queue.is_idle = true;
      enif_cond_wait(queue.came, queue.lock);
      continue;
    }
    queue.is_idle = false;
    queue.first = next->next;
    if (!queue.first) queue.last = &queue.first;
    enif_mutex_unlock(queue.lock);
    next->run(next->argument);
    enif_free(next);
    enif_mutex_lock(queue.lock);
  }
  queue.is_idle = true;
  enif_mutex_unlock(queue.lock);
  return NULL;
}

/* Runs in exit(): no thread of ours may run code of a library that is being torn down. Jobs that wait
 * only free memory. */
static void end_work(void) {
  queue.ends = true;
  for (unsigned waited = 0; !queue.is_idle && waited < EXIT_WAIT_MS; waited++)
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

bool fxaot_open_aside(void) {
  static bool has_started;
  ErlNifTid thread;
  if (has_started) return true;
  queue.last = &queue.first;
  queue.is_idle = true;
  queue.lock = enif_mutex_create("fxaot_aside");
  queue.came = enif_cond_create("fxaot_aside");
  if (!queue.lock || !queue.came || atexit(end_work)) return false;
  has_started = enif_thread_create("fxaot_aside", &thread, work, NULL, NULL) == 0;
  return has_started;
}

void fxaot_run_aside(fxaot_job *run, void *argument) {
  job *next = enif_alloc(sizeof *next);
  if (!next) {
    run(argument);
    return;
  }
  *next = (job){.run = run, .argument = argument};
  enif_mutex_lock(queue.lock);
  *queue.last = next;
  queue.last = &next->next;
  enif_cond_signal(queue.came);
  enif_mutex_unlock(queue.lock);
}
