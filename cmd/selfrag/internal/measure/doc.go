// Package measure runs what the commands eval, ab, tune and calibrate do: it asks
// the questions of a data set of one or several arms, keeps the outcomes in a file
// that a stopped run goes on with, and says what they are worth. The measures
// themselves are those of package eval.
package measure
