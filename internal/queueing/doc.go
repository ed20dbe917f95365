// Package queueing simulates requests that queue for parts of a service: an
// open network of stations with several servers each, by discrete events
// (Law, Simulation Modeling and Analysis, chapter 1). Its tests hold it to
// Little's law and to the closed forms of M/M/1, M/M/c and M/D/1.
package queueing
