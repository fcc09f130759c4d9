/* The far end of the dashboard's benchmark, and its control: pages that read, and a plain program that feeds them.
 *
 *   fxaot_bench_pages read PAGES PORT [TOKEN]    logs in with TOKEN, opens PAGES streams, says "open" once each has had an
 *                                                update, and reads all that comes
 *     count                                      says its updates, bytes, and microseconds of the processor
 *   fxaot_bench_pages feed PAGES RATE            says "port N", and sends each client RATE updates a second, of 2,000 bytes
 *     bytes N                                    of so many from now on; 0: none
 *     count                                      says its microseconds of the processor
 *
 * Both take a command a line, and end with their input. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_PAGES 1000
#define BUFFER (1 << 20)
#define NS 1000000000L

static char buffer[BUFFER];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static long ns_of(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * NS + now.tv_nsec;
}

static long cpu_us(void) { return ns_of(CLOCK_PROCESS_CPUTIME_ID) / 1000; }

static void say(const char *text) {
  puts(text);
  fflush(stdout);
}

/* The next command; the program ends with its input. */
static char *command(void) {
  static char line[1024];
  if (!fgets(line, sizeof line, stdin)) exit(0);
  return line;
}

static struct sockaddr_in loopback(int port) {
  return (struct sockaddr_in){.sin_family = AF_INET,
                              .sin_port = htons(port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* ---- pages ------------------------------------------------------------------ */

struct pages {
  int count, open;
  struct pollfd sockets[MOST_PAGES + 1];
  bool has_had[MOST_PAGES];
  long updates, bytes;
};

static int connected(int port) {
  int it = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in to = loopback(port);
  if (it < 0 || connect(it, (struct sockaddr *)&to, sizeof to)) fail("connect");
  return it;
}

static void ask(int socket, const char *request, size_t size) {
  if (send(socket, request, size, MSG_NOSIGNAL) != (ssize_t)size) fail("send");
}

/* The session's cookie. */
static char *login(int port, const char *token) {
  char *body, *request;
  if (asprintf(&body, "{\"token\":\"%s\"}", token) < 0 ||
      asprintf(&request,
               "POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               "Content-Length: %zu\r\n\r\n%s",
               strlen(body), body) < 0)
    fail("asprintf");
  int it = connected(port);
  ask(it, request, strlen(request));
  ssize_t size = recv(it, buffer, sizeof buffer - 1, 0);
  if (size <= 0) fail("login");
  buffer[size] = 0;
  char *cookie = strstr(buffer, "set-cookie: ");
  if (!cookie) fail("login refused");
  cookie += strlen("set-cookie: ");
  cookie[strcspn(cookie, ";")] = 0;
  close(it);
  free(body);
  free(request);
  return strdup(cookie);
}

static void open_pages(struct pages *pages, int port, const char *cookie) {
  char request[4096];
  int size = snprintf(request, sizeof request,
                      "GET /api/events HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\n\r\n", cookie);
  for (int i = 0; i < pages->count; i++) {
    pages->sockets[i] = (struct pollfd){.fd = connected(port), .events = POLLIN};
    ask(pages->sockets[i].fd, request, size);
  }
  pages->sockets[pages->count] = (struct pollfd){.fd = 0, .events = POLLIN};
}

/* Updates in the buffer. */
static long updates(size_t size) {
  const char mark[] = "\ndata: ";
  long count = 0;
  char *at = buffer, *end = buffer + size;
  while ((at = memmem(at, end - at, mark, sizeof mark - 1))) {
    count++;
    at += sizeof mark - 1;
  }
  return count;
}

static void read_page(struct pages *pages, int i) {
  ssize_t got = recv(pages->sockets[i].fd, buffer, sizeof buffer, 0);
  if (got <= 0 && pages->open == pages->count) exit(0); /* the benchmark has ended */
  if (got <= 0) fail("recv");
  long more = updates(got);
  pages->updates += more;
  pages->bytes += got;
  if (more == 0 || pages->has_had[i]) return;
  pages->has_had[i] = true;
  if (++pages->open == pages->count) say("open");
}

static void read_pages(int count, int port, const char *cookie) {
  static struct pages pages;
  pages.count = count;
  open_pages(&pages, port, cookie);
  for (;;) {
    if (poll(pages.sockets, count + 1, -1) < 0) fail("poll");
    for (int i = 0; i < count; i++)
      if (pages.sockets[i].revents) read_page(&pages, i);
    if (!pages.sockets[count].revents) continue;
    command();
    printf("%ld %ld %ld\n", pages.updates, pages.bytes, cpu_us());
    fflush(stdout);
  }
}

/* ---- the plain program ------------------------------------------------------- */

struct feed {
  int listener, count, most;
  int sockets[MOST_PAGES];
  size_t bytes;
};

static int listening(int pages) {
  int it = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in at = loopback(0);
  socklen_t size = sizeof at;
  if (it < 0 || bind(it, (struct sockaddr *)&at, size) || listen(it, pages) ||
      getsockname(it, (struct sockaddr *)&at, &size))
    fail("listen");
  printf("port %d\n", ntohs(at.sin_port));
  fflush(stdout);
  return it;
}

static void accept_page(struct feed *feed) {
  int on = 1, it = accept(feed->listener, NULL, NULL);
  if (it < 0 || feed->count == feed->most) fail("accept");
  setsockopt(it, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  feed->sockets[feed->count++] = it;
}

/* One update to each; who has gone is forgotten. */
static void send_all(struct feed *feed) {
  for (int i = 0; i < feed->count;) {
    if (send(feed->sockets[i], buffer, feed->bytes, MSG_NOSIGNAL | MSG_DONTWAIT) ==
        (ssize_t)feed->bytes) {
      i++;
    } else {
      close(feed->sockets[i]);
      feed->sockets[i] = feed->sockets[--feed->count];
    }
  }
}

static void feed_pages(int pages, int rate) {
  static struct feed feed;
  feed.most = MOST_PAGES;
  feed.bytes = 2000;
  feed.listener = listening(pages);
  memset(buffer, 'x', sizeof buffer);
  memcpy(buffer, "\ndata: ", 7);
  struct pollfd inputs[] = {{.fd = 0, .events = POLLIN}, {.fd = feed.listener, .events = POLLIN}};
  long next = ns_of(CLOCK_MONOTONIC);
  for (;;) {
    long now = ns_of(CLOCK_MONOTONIC);
    bool is_quiet = feed.count == 0 || feed.bytes == 0;
    if (is_quiet) next = now + NS / rate;
    struct timespec wait = {.tv_nsec = next > now ? next - now : 0};
    if (ppoll(inputs, 2, is_quiet ? NULL : &wait, NULL) < 0) fail("poll");
    if (inputs[1].revents) accept_page(&feed);
    if (inputs[0].revents) {
      long bytes;
      if (sscanf(command(), "bytes %ld", &bytes) == 1) {
        if (bytes >= 0 && bytes <= BUFFER) feed.bytes = bytes;
      } else {
        printf("%ld\n", cpu_us());
        fflush(stdout);
      }
    }
    if (is_quiet || ns_of(CLOCK_MONOTONIC) < next) continue;
    send_all(&feed);
    next += NS / rate;
  }
}

int main(int count, char **words) {
  int pages = count > 3 ? atoi(words[2]) : 0, number = count > 3 ? atoi(words[3]) : 0;
  setvbuf(stdin, NULL, _IONBF, 0);
  if (pages >= 1 && pages <= MOST_PAGES && strcmp(words[1], "read") == 0)
    read_pages(pages, number, count > 4 ? login(number, words[4]) : "none");
  if (pages >= 1 && pages <= MOST_PAGES && strcmp(words[1], "feed") == 0 && number >= 2)
    feed_pages(pages, number);
  fputs("fxaot_bench_pages read PAGES PORT [TOKEN] | feed PAGES RATE\n", stderr);
  return 2;
}
