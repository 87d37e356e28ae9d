/** What mysqldump writes of a small Easy!Appointments database, with everything in it that has ever confused a reader. */
export const DUMP = String.raw`-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
/*!40101 SET NAMES utf8mb4 */;
/*!50503 SET character_set_client = utf8mb4 */;
DROP TABLE IF EXISTS ${'`ea_appointments`'};
CREATE TABLE ${'`ea_appointments`'} (
  ${'`id`'} int NOT NULL AUTO_INCREMENT,
  ${'`book_datetime`'} datetime DEFAULT NULL,
  ${'`start_datetime`'} datetime DEFAULT NULL,
  ${'`end_datetime`'} datetime DEFAULT NULL,
  ${'`notes`'} text COMMENT 'kept by the desk; may be empty, (or long)',
  ${'`hash`'} text,
  ${'`color`'} varchar(256) DEFAULT '#7cbae8',
  ${'`status`'} varchar(512) DEFAULT '',
  ${'`is_unavailability`'} tinyint NOT NULL DEFAULT '0',
  ${'`id_users_provider`'} int DEFAULT NULL,
  ${'`id_users_customer`'} int DEFAULT NULL,
  ${'`id_services`'} int DEFAULT NULL,
  PRIMARY KEY (${'`id`'}),
  KEY ${'`id_users_provider`'} (${'`id_users_provider`'})
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
LOCK TABLES ${'`ea_appointments`'} WRITE;
/*!40000 ALTER TABLE ${'`ea_appointments`'} DISABLE KEYS */;
INSERT INTO ${'`ea_appointments`'} VALUES (1,NULL,'DAY 09:00:00','DAY 09:30:00','said: \'hello\'; INSERT INTO ${'`ea_users`'} VALUES (99);','h1','#7cbae8','Booked',0,2,10,1),
 (2,NULL,'DAY 10:00:00','DAY 10:30:00','','h2','','Booked',0,2,11,2),(3,NULL,'DAY 11:00:00','DAY 11:30:00',NULL,'h3','','Cancelled',0,2,10,1);
INSERT INTO ${'`ea_appointments`'} VALUES (4,NULL,'DAY 12:00:00','DAY 13:00:00','','h4','','',1,2,NULL,NULL),(5,NULL,'DAY 14:00:00','DAY 14:30:00','','h5','','Booked',0,3,10,1),(6,NULL,'2020-01-06 09:00:00','2020-01-06 09:30:00','','h6','','Booked',0,2,10,1);
/*!40000 ALTER TABLE ${'`ea_appointments`'} ENABLE KEYS */;
UNLOCK TABLES;
# Columns named, as phpMyAdmin does.
INSERT INTO ${'`ea_roles`'} (${'`id`'}, ${'`name`'}, ${'`slug`'}) VALUES (1, 'Administrator', 'admin'), (2, 'Provider', 'provider'), (3, 'Customer', 'customer');
INSERT INTO ${'`ea_services`'} (${'`id`'}, ${'`name`'}, ${'`duration`'}, ${'`price`'}) VALUES (1, 'First consultation', 30, 60.00), (2, 'Treatment (lines)', 30, -1.5e2);
INSERT INTO ${'`ea_settings`'} VALUES (1,'company_name','It''s; a "clinic" \\'),(2,'x',0x41),(3,'y',_binary 'z');
INSERT INTO ${'`ea_users`'} (${'`id`'}, ${'`first_name`'}, ${'`last_name`'}, ${'`email`'}, ${'`mobile_number`'}, ${'`phone_number`'}, ${'`id_roles`'}) VALUES
(2, 'Amara', 'Bell', 'amara@elsewhere.example', NULL, '', 2),
(3, 'Other', 'Provider', 'other@elsewhere.example', NULL, '', 2),
(10, 'Siân', 'O\'Brien\\Jones', 'sian@example.test', '', '+44 7700 900123', 3),
(11, 'Line\nbreak', 'D''Arcy', 'not an address', NULL, NULL, 3);
-- Dump completed on 2026-11-20
`;
