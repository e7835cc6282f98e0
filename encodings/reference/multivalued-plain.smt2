; A key with several values under an operator without set prefix.
;
; policy 1:
;   {"Version": "2012-10-17", "Statement":
;     {"Effect": "Allow", "Action": "*", "Resource": "*",
;      "Condition": {"StringEquals": {"aws:TagKeys": "owner"}, "ForAnyValue:StringLike": {"aws:TagKeys": "c*"}}}}
;
; is there a request (any requests) that is
;   allowed by: policy 1
(set-option :produce-models true)
(set-logic ALL)
(declare-const action String)
(declare-const |aws:TagKeys.in[1]| Bool)
(declare-const |aws:TagKeys.present| Bool)
(declare-const |aws:TagKeys.value[0]| String)
(declare-const |aws:TagKeys.value[1]| String)
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
      (str.in_re resource.account (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))))
  (or (not |aws:TagKeys.in[1]|) |aws:TagKeys.present|)))
(assert true)
(assert (and
  |aws:TagKeys.present|
  (not (and |aws:TagKeys.in[1]| (not (= |aws:TagKeys.value[0]| |aws:TagKeys.value[1]|))))
  (= |aws:TagKeys.value[0]| "owner")
  (or
    (and |aws:TagKeys.present| (not (= |aws:TagKeys.value[0]| "")))
    (and |aws:TagKeys.in[1]| (not (= |aws:TagKeys.value[1]| ""))))
  (or
    (and |aws:TagKeys.present| (str.in_re |aws:TagKeys.value[0]| (re.++ (str.to_re "c") re.all)))
    (and |aws:TagKeys.in[1]| (str.in_re |aws:TagKeys.value[1]| (re.++ (str.to_re "c") re.all))))))
(check-sat)
(get-value (action |aws:TagKeys.in[1]| |aws:TagKeys.present| |aws:TagKeys.value[0]| |aws:TagKeys.value[1]|
  resource.account resource.arn resource.is_arn resource.partition resource.region resource.service))
