// Package filetest helps to test readers of files: what they must find, what they
// must refuse, and that no file takes more memory or time than it should.
package filetest
