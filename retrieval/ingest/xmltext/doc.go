// Package xmltext reads the XML of documents in any encoding.
package xmltext
