/*
 * What this machine can do at best: starts `bash -c true` again and again by posix_spawn, a fixed number at a time, each in
 * a session of its own, and waits for them. Nothing is recorded.
 *
 *   spawn-limit TASKS AT_A_TIME
 */
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

static void start(posix_spawnattr_t *attributes)
{
    char *arguments[] = {"/bin/bash", "-c", "true", NULL};
    pid_t pid;
    int error = posix_spawn(&pid, arguments[0], NULL, attributes, arguments, environ);
    if (error != 0) {
        fprintf(stderr, "spawn-limit: %s\n", strerror(error));
        exit(1);
    }
}

int main(int count, char **values)
{
    if (count != 3) {
        fprintf(stderr, "usage: spawn-limit TASKS AT_A_TIME\n");
        return 2;
    }
    long tasks = atol(values[1]);
    long at_a_time = atol(values[2]);
    long started = 0;
    posix_spawnattr_t attributes;

    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    while (started < tasks && started < at_a_time) {
        start(&attributes);
        started++;
    }
    while (wait(NULL) > 0) {
        if (started < tasks) {
            start(&attributes);
            started++;
        }
    }
    return 0;
}
