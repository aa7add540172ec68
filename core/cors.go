package core

import (
	"net/http"
	"strconv"
	"time"
)

// cors answers preflights and marks answers that a trusted origin may read.
// It reports whether the request is answered.
func (k *Kernel) cors(c *Context) bool {
	r, h := c.call.request, c.call.header
	source := r.Header.Get("Origin")
	if source == "" {
		return false
	}
	h.Add("Vary", "Origin")
	if source == "null" || !c.TrustsOrigin(source) {
		return false
	}
	h.Set("Access-Control-Allow-Origin", source)
	h.Set("Access-Control-Allow-Credentials", "true")
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE")
	if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
		h.Set("Access-Control-Allow-Headers", asked)
		h.Add("Vary", "Access-Control-Request-Headers")
	}
	age := or(k.options.CORS.MaxAge, 10*time.Minute)
	h.Set("Access-Control-Max-Age", strconv.Itoa(int(age/time.Second)))
	return true
}
