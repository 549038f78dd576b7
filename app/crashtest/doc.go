// Package crashtest holds tests of the program as a process and nothing else: the binary itself, built once a run, on a
// database of its own, talked to over loopback by HTTP and SMTP. It is killed, drained, started and left without a mail
// server, and has to keep what it promised.
package crashtest
