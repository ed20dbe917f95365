// Package xmltext reads the XML of documents, in whichever encoding it is.
package xmltext
