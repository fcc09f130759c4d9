/* The far end of the dashboard's benchmark, and its control: pages that read, and a plain program that feeds them.
 *
 *   fxaot_bench_pages read PORT PAGES [TOKEN]     logs in with TOKEN, opens PAGES streams and reads all that comes
 *   fxaot_bench_pages feed BYTES PAGES RATE       prints its port, and sends each of PAGES clients RATE updates of BYTES a second
 *
 * Both print "open" once updates flow, and end with the first byte at their input. A reader then says "updates N bytes N
 * cpu N", a feeder "cpu N": milliseconds of the processor since it said "open". */
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

static long cpu_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct sockaddr_in loopback(int port) {
  return (struct sockaddr_in){.sin_family = AF_INET,
                              .sin_port = htons(port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void write_all(int socket, const char *bytes, size_t size) {
  if (send(socket, bytes, size, MSG_NOSIGNAL) != (ssize_t)size) fail("send");
}

/* ---- pages ------------------------------------------------------------------ */

static int connected(int port) {
  int it = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in to = loopback(port);
  if (it < 0 || connect(it, (struct sockaddr *)&to, sizeof to)) fail("connect");
  return it;
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
  write_all(it, request, strlen(request));
  ssize_t size = recv(it, buffer, sizeof buffer - 1, 0);
  if (size <= 0) fail("login");
  buffer[size] = 0;
  char *cookie = strstr(buffer, "set-cookie: ");
  if (!cookie) fail("login refused");
  cookie += strlen("set-cookie: ");
  cookie[strcspn(cookie, ";")] = 0;
  close(it);
  return strdup(cookie);
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

static void read_pages(int port, int pages, const char *cookie) {
  struct pollfd sockets[MOST_PAGES + 1];
  bool is_open[MOST_PAGES] = {false};
  char request[4096];
  int size = snprintf(request, sizeof request,
                      "GET /api/events HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\n\r\n", cookie);
  for (int i = 0; i < pages; i++) {
    sockets[i] = (struct pollfd){.fd = connected(port), .events = POLLIN};
    write_all(sockets[i].fd, request, size);
  }
  sockets[pages] = (struct pollfd){.fd = 0, .events = POLLIN};
  long count = 0, bytes = 0, began = 0;
  for (int open = 0;;) {
    if (poll(sockets, pages + 1, -1) < 0) fail("poll");
    if (sockets[pages].revents) break;
    for (int i = 0; i < pages; i++) {
      if (!sockets[i].revents) continue;
      ssize_t got = recv(sockets[i].fd, buffer, sizeof buffer, 0);
      if (got <= 0) fail("recv");
      long more = updates(got);
      count += more;
      bytes += got;
      if (more == 0 || is_open[i]) continue;
      is_open[i] = true;
      if (++open < pages) continue;
      puts("open");
      fflush(stdout);
      count = bytes = 0;
      began = cpu_ms();
    }
  }
  printf("updates %ld bytes %ld cpu %ld\n", count, bytes, cpu_ms() - began);
}

/* ---- the plain program ------------------------------------------------------- */

static void accept_pages(int pages, int *sockets) {
  int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in at = loopback(0);
  socklen_t size = sizeof at;
  if (listener < 0 || bind(listener, (struct sockaddr *)&at, size) || listen(listener, pages) ||
      getsockname(listener, (struct sockaddr *)&at, &size))
    fail("listen");
  printf("port %d\n", ntohs(at.sin_port));
  fflush(stdout);
  for (int i = 0; i < pages; i++) {
    sockets[i] = accept(listener, NULL, NULL);
    if (sockets[i] < 0 || recv(sockets[i], buffer, sizeof buffer, 0) <= 0) fail("accept");
    setsockopt(sockets[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
}

static void feed(size_t bytes, int pages, int rate) {
  int sockets[MOST_PAGES];
  accept_pages(pages, sockets);
  memset(buffer, 'x', sizeof buffer);
  memcpy(buffer, "\ndata: ", 7);
  struct pollfd input = {.fd = 0, .events = POLLIN};
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  puts("open");
  fflush(stdout);
  long began = cpu_ms();
  while (poll(&input, 1, 0) == 0) {
    for (int i = 0; i < pages; i++) write_all(sockets[i], buffer, bytes);
    next.tv_nsec += NS / rate;
    next.tv_sec += next.tv_nsec / NS;
    next.tv_nsec %= NS;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
  }
  printf("cpu %ld\n", cpu_ms() - began);
}

static int usage(void) {
  fputs("fxaot_bench_pages read PORT PAGES [TOKEN] | feed BYTES PAGES RATE\n", stderr);
  return 2;
}

int main(int count, char **words) {
  if (count < 4) return usage();
  int number = atoi(words[2]), pages = atoi(words[3]);
  if (pages < 1 || pages > MOST_PAGES) return usage();
  if (strcmp(words[1], "read") == 0) {
    read_pages(number, pages, count > 4 ? login(number, words[4]) : "none");
    return 0;
  }
  int rate = count > 4 ? atoi(words[4]) : 0;
  if (strcmp(words[1], "feed") != 0 || number < 8 || number > BUFFER || rate < 1) return usage();
  feed(number, pages, rate);
  return 0;
}
