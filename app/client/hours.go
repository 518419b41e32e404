package client

import "outdial/shared/wire"

// Hours reads the rules of calling hours that runs keep.
func Hours() (wire.Hours, *Failure) {
	return ask[wire.Hours]("GET", "/api/hours", nil, "")
}
