; Some Allow applies and no Deny does.
;
; policy 1:
;   {"Version": "2012-10-17", "Statement": [
;     {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
;     {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*",
;      "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}
;   ]}
;
; is there a request (any requests) that is
;   allowed by: policy 1
(set-option :produce-models true)
(set-logic ALL)
(declare-const action String)
(declare-const |aws:MultiFactorAuthPresent.ok| Bool)
(declare-const |aws:MultiFactorAuthPresent.present| Bool)
(declare-const |aws:MultiFactorAuthPresent.value| Bool)
(declare-const resource.account String)
(declare-const resource.arn String)
(declare-const resource.is_arn Bool)
(declare-const resource.partition String)
(declare-const resource.region String)
(declare-const resource.service String)
(assert (and
  (str.in_re action (re.* (re.union (re.range "\u{0}" "@") (re.range "[" "\u{2ffff}"))))
  (or
    (not resource.is_arn)
    (and
      (str.in_re resource.arn (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.partition (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.service (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.region (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.account (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))))))
(assert (or (not |aws:MultiFactorAuthPresent.present|) |aws:MultiFactorAuthPresent.ok|))
(assert (and
  (str.in_re action (re.++ (str.to_re "s3:") re.all))
  (not (and
    (= action "s3:deleteobject")
    (or
      (not |aws:MultiFactorAuthPresent.present|)
      (and |aws:MultiFactorAuthPresent.ok| (not |aws:MultiFactorAuthPresent.value|)))))))
(check-sat)
(get-value (action |aws:MultiFactorAuthPresent.ok| |aws:MultiFactorAuthPresent.present|
  |aws:MultiFactorAuthPresent.value| resource.account resource.arn resource.is_arn resource.partition resource.region
  resource.service))
