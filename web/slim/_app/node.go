package app

import "reflect"

// CanUpdate compares elements by their tags: all have one type here.
func (m nodeManager) CanUpdate(v, new UI) bool {
	if vType, newType := reflect.TypeOf(v), reflect.TypeOf(new); vType != newType {
		return false
	}
	switch v := v.(type) {
	case DismountEnforcer:
		return v.CompoID() == new.(DismountEnforcer).CompoID()
	case *htmlElem:
		return v.tag == new.(*htmlElem).tag
	}
	return true
}
