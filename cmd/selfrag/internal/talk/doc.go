// Package talk holds a conversation at a terminal or through a pipe. It reads
// questions and commands, shows how each question is answered, and saves the
// session.
package talk
